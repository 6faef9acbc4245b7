using Sarsen.Tensors.Memory;

namespace Sarsen.Tensors.Tests.Memory;

public sealed unsafe class MemoryTests
{
    [Fact]
    public void ReservedMemoryIsAlignedZeroedAndFarLargerThanTheMachines()
    {
        using var memory = new ReservedMemory((1L << 40) + 1);
        memory.Bytes.ShouldBe((1L << 40) + ReservedMemory.Alignment);
        ((nuint)memory.Pointer % (nuint)ReservedMemory.Alignment).ShouldBe((nuint)0);
        memory.Commit(3L << 20);
        memory.Pointer[(3L << 20) - 1].ShouldBe((byte)0);
        memory.Pointer[0] = 7;
        memory.Pointer[(3L << 20) - 1] = 8;
        memory.Discard(1);
        memory.Pointer[0].ShouldBe((byte)7);
        memory.Commit(3L << 20);
        memory.Pointer[(3L << 20) - 1].ShouldBe((byte)0);
        Should.Throw<ArgumentOutOfRangeException>(() => memory.Commit(memory.Bytes + 1));
    }

    [Fact]
    public void ReservedMemoryIsReleasedOnce()
    {
        var memory = new ReservedMemory(1);
        memory.Dispose();
        memory.Dispose();
        memory.IsClosed.ShouldBeTrue();
        Should.Throw<ArgumentOutOfRangeException>(() => new ReservedMemory(0));
        Should.Throw<ArgumentOutOfRangeException>(() => new ReservedMemory(long.MaxValue));
    }

    [Fact]
    public void AddressSpaceThatDoesNotExistIsRefused() =>
        Should.Throw<OutOfMemoryException>(() => new ReservedMemory(1L << 56)).Message.ShouldContain("ulimit -v");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void ANativeBufferIsAlignedAndZeroed(int bytes)
    {
        using NativeBuffer buffer = NativeBuffer.Allocate(bytes);
        ((nuint)buffer.Pointer % NativeBuffer.Alignment).ShouldBe((nuint)0);
        buffer.AsSpan<byte>().ToArray().ShouldBe(new byte[bytes]);
    }

    [Fact]
    public void ABudgetRefusesWithWhatWasAskedAndWhatIsFree()
    {
        var budget = new MemoryBudget("serving", 3 << 20);
        budget.Reserve(1 << 20, "weights");
        var refusal = Should.Throw<MemoryBudgetException>(() => budget.Reserve(5 << 19, "cache"));
        refusal.Message.ShouldStartWith("serving: cache needs 2.5 MiB, 2 MiB of 3 MiB are free:");
        (refusal.Asked, refusal.Free, refusal.Limit).ShouldBe((5 << 19, 2 << 20, 3 << 20));
        budget.Used.ShouldBe(1 << 20);
        budget.TryReserve(2 << 20).ShouldBeTrue();
        budget.TryReserve(1).ShouldBeFalse();
        budget.Release(3 << 20);
        (budget.Used, budget.Peak).ShouldBe((0, 3 << 20));
        Should.Throw<InvalidOperationException>(() => budget.Release(1));
        Should.Throw<MemoryBudgetException>(() => budget.Reserve(long.MaxValue, "everything")).Asked.ShouldBe(long.MaxValue);
    }

    [Fact]
    public void ABudgetIsExactUnderContention()
    {
        var budget = new MemoryBudget("test", 1000);
        Parallel.For(0, 8, _ =>
        {
            for (int i = 0; i < 2000; i++)
            {
                if (budget.TryReserve(300))
                    budget.Release(300);
            }
        });
        budget.Used.ShouldBe(0);
        budget.Peak.ShouldBeInRange(300, 900);
    }
}
