namespace Sarsen.Tensors.Memory;
public sealed unsafe class ReservedMemory(long bytes) : IDisposable { public byte* Pointer { get; } = (byte*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc((nuint)bytes, 64); public long Bytes { get; } = bytes; public void Commit(long to) { } public void Dispose() { System.Runtime.InteropServices.NativeMemory.AlignedFree(Pointer); } }
public sealed class MemoryBudget { public void Reserve(long b, string what) { } public void Release(long b) { } }
