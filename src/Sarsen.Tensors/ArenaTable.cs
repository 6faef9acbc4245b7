namespace Sarsen.Tensors;

internal sealed class ArenaTable(Arena arena) : TensorTable(256)
{
    internal override Arena? Arena => arena;
}
