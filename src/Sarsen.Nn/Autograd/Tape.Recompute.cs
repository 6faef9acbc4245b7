using Sarsen.Tensors;

namespace Sarsen.Nn.Autograd;

public sealed partial class Tape
{
    private Arena? _recomputeArena;
    private Tape? _recomputeTape;

    /// <summary>The most bytes that modules with <see cref="Module.Checkpoint"/> took at once to compute again, beside the arena of the step.</summary>
    public long RecomputeBytes => (_recomputeArena?.PeakBytes ?? 0) + (_recomputeTape?.RecomputeBytes ?? 0);

    /// <summary>Do modules with <see cref="Module.Checkpoint"/> keep nothing; off for graphs, which are to show what is inside.</summary>
    internal bool Checkpoints { get; init; } = true;

    /// <summary>Where a module is computed again while <paramref name="arena"/> is in the midst of backward.</summary>
    internal (Arena Arena, Tape Tape) Recompute(Arena arena) => (_recomputeArena ??= arena.Beside(), _recomputeTape ??= new Tape());

    /// <summary>Gives back the memory of modules that are computed again; nothing else needs it.</summary>
    public void Dispose()
    {
        _recomputeArena?.Dispose();
        _recomputeTape?.Dispose();
        (_recomputeArena, _recomputeTape) = (null, null);
    }
}
