namespace Sarsen.Text.Tokenizers.Models;

/// <summary>A binary heap of pairs by rank, then place, and the linked list they are pairs of. Grows, and is used again.</summary>
internal sealed class MergeHeap
{
    private ulong[] _heap = new ulong[256];
    private int[] _next = new int[256];
    private int[] _previous = new int[256];
    private int _count;

    public Span<int> Next => _next;

    public Span<int> Previous => _previous;

    /// <summary>Links so many symbols in a row.</summary>
    public void Start(int length)
    {
        if (length > _next.Length)
            (_next, _previous) = (new int[length], new int[length]);
        for (int i = 0; i < length; i++)
            (_next[i], _previous[i]) = (i + 1, i - 1);
        _count = 0;
    }

    public void Push(int rank, int place)
    {
        if (_count == _heap.Length)
            Array.Resize(ref _heap, checked(_count * 2));
        ulong key = ((ulong)(uint)rank << 32) | (uint)place;
        int at = _count++;
        for (int parent = (at - 1) >> 1; at > 0 && key < _heap[parent]; parent = (at - 1) >> 1)
        {
            _heap[at] = _heap[parent];
            at = parent;
        }
        _heap[at] = key;
    }

    public bool TryPop(out int rank, out int place)
    {
        (rank, place) = (0, 0);
        if (_count == 0)
            return false;
        ulong top = _heap[0], last = _heap[--_count];
        int at = 0;
        for (int child = 1; child < _count; child = 2 * at + 1)
        {
            if (child + 1 < _count && _heap[child + 1] < _heap[child])
                child++;
            if (last <= _heap[child])
                break;
            _heap[at] = _heap[child];
            at = child;
        }
        _heap[at] = last;
        (rank, place) = ((int)(top >> 32), (int)(uint)top);
        return true;
    }
}
