namespace Sarsen.Tensors;

/// <summary>What the operations of an open scope go by. Frames are kept by their arena and used again.</summary>
internal sealed class ScopeFrame(Arena arena)
{
    /// <summary>
    /// The innermost open scope of this thread: where operations put their results. A scope is a ref struct, so it
    /// ends on the thread and in the method where it began.
    /// </summary>
    [ThreadStatic]
    public static ScopeFrame? Current;

    private ScopeFrame? _outer;
    private int _thread;

    public Arena Arena { get; } = arena;

    /// <summary>Unique in its arena; 0 when the frame is not open.</summary>
    public long Id { get; private set; }

    public Mode Mode { get; private set; }

    public ITape? Tape { get; private set; }

    public Rng Rng { get; private set; }

    public string Name { get; private set; } = "";

    public CancellationToken Stop { get; private set; }

    public ArenaMark Mark { get; private set; }

    public bool IsOnThisThread => _thread == Environment.CurrentManagedThreadId;

    public void Open(long id, Mode mode, ITape? tape, Rng rng, string name, CancellationToken stop, ArenaMark mark)
    {
        (Id, Mode, Tape, Rng, Name, Stop, Mark) = (id, mode, tape, rng, name, stop, mark);
        _thread = Environment.CurrentManagedThreadId;
        _outer = Current;
        Current = this;
    }

    /// <summary>Another tape, or none for a while.</summary>
    public void Use(ITape? tape) => Tape = tape;

    public void Close()
    {
        Current = _outer;
        (Id, Tape, _outer, Stop) = (0, null, null, default);
    }
}
