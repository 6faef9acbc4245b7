namespace Sarsen.Tensors;

/// <summary>Where a tensor's bytes are. The CPU is the only device there is.</summary>
public enum Device : byte
{
    Cpu,
}
