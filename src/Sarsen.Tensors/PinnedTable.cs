namespace Sarsen.Tensors;

/// <summary>Tensors in pinned arrays of the GC: what owners hold, and what is made outside any scope.</summary>
internal sealed unsafe class PinnedTable(int capacity) : TensorTable(capacity)
{
    private readonly List<byte[]> _arrays = [];

    public Tensor New(DType type, in Shape shape)
    {
        Tensor tensor = Push(type, shape, shape.Contiguous(), out int slot);
        long bytes = checked(shape.Count * type.Size());
        At(slot).Data = Allocate(bytes);
        At(slot).Bytes = bytes;
        return tensor;
    }

    public void Free(string by)
    {
        PopTo(0, by);
        _arrays.Clear();
    }

    private byte* Allocate(long bytes)
    {
        if (bytes > Array.MaxLength - 64)
            throw new OutOfMemoryException($"one tensor may hold at most {Array.MaxLength - 64:N0} bytes outside an arena; {bytes:N0} were asked for");
        byte[] array = GC.AllocateArray<byte>((int)bytes + 64, pinned: true);
        _arrays.Add(array);
        nint address = (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref array[0]);
        return (byte*)((address + 63) & ~(nint)63);
    }

    /// <summary>A view keeps what it looks into alive.</summary>
    public void KeepAlive(TensorTable table) => _kept = table;

    private TensorTable? _kept;
}
