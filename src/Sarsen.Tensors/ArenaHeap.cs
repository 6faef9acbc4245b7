namespace Sarsen.Tensors;

/// <summary>
/// The arena's memory above its stack while backward runs: first fit over a short list of free blocks, lowest
/// address first, neighbours joined. Backward gives the forward stack back from its end, and the gradients move
/// into what became free, so a step's peak is the forward's plus the few gradients that are under way.
/// </summary>
internal sealed class ArenaHeap
{
    private (long Start, long End)[] _free = new (long, long)[16];
    private int _count;

    public void Open(long start, long end)
    {
        _free[0] = (start, end);
        _count = 1;
    }

    /// <summary>The lowest place with so many bytes free, or -1.</summary>
    public long Take(long bytes)
    {
        for (int i = 0; i < _count; i++)
        {
            (long start, long end) = _free[i];
            if (end - start < bytes)
                continue;
            if (end - start == bytes)
                Remove(i);
            else
                _free[i].Start = start + bytes;
            return start;
        }
        return -1;
    }

    public void Return(long start, long bytes)
    {
        if (bytes == 0)
            return;
        long end = start + bytes;
        int i = 0;
        while (i < _count && _free[i].Start < start)
            i++;
        bool joinsBelow = i > 0 && _free[i - 1].End == start;
        bool joinsAbove = i < _count && _free[i].Start == end;
        if (joinsBelow && joinsAbove)
        {
            _free[i - 1].End = _free[i].End;
            Remove(i);
        }
        else if (joinsBelow)
            _free[i - 1].End = end;
        else if (joinsAbove)
            _free[i].Start = start;
        else
            Insert(i, (start, end));
    }

    private void Insert(int at, (long, long) block)
    {
        if (_count == _free.Length)
            Array.Resize(ref _free, _count * 2);
        Array.Copy(_free, at, _free, at + 1, _count - at);
        _free[at] = block;
        _count++;
    }

    private void Remove(int at)
    {
        _count--;
        Array.Copy(_free, at + 1, _free, at, _count - at);
    }
}
