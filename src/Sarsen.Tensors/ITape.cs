namespace Sarsen.Tensors;

/// <summary>What a scope knows of the tape that records in it: the tape itself belongs to the room above.</summary>
public interface ITape
{
    /// <summary>The scope ended, and with it every tensor that the tape names.</summary>
    void Clear();
}
