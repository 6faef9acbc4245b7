using Sarsen.Tensors.Memory;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Tensors.Tests;

public class ArenaTests
{
    private static readonly Shape s_four = new(4);

    [Fact]
    public void A_handle_used_after_its_scope_throws_and_names_the_scope()
    {
        using var arena = new Arena();
        Tensor tensor;
        using (Scope scope = arena.Begin(Mode.Inference, name: "request 7"))
            tensor = scope.From<float>([1, 2, 3, 4], s_four);

        var stale = Should.Throw<StaleTensorException>(() => tensor.Shape);
        stale.Message.ShouldContain("request 7");
        stale.Message.ShouldContain("Keep(owner)");
    }

    [Fact]
    public void A_slot_that_is_used_again_does_not_revive_old_handles()
    {
        using var arena = new Arena();
        Tensor old;
        using (Scope scope = arena.Begin(Mode.Inference, name: "request 1"))
            old = scope.Zeros(DType.F32, s_four);
        using (Scope scope = arena.Begin(Mode.Inference, name: "request 2"))
        {
            Tensor now = scope.Zeros(DType.F32, s_four);
            now.Slot.ShouldBe(old.Slot);
            Should.Throw<StaleTensorException>(() => old.DType).Message.ShouldContain("request 1");
        }
        Should.Throw<StaleTensorException>(() => old.DType).Message.ShouldContain("an earlier scope");
    }

    [Fact]
    public void Keep_copies_a_tensor_out_of_its_scope()
    {
        using var arena = new Arena();
        var owner = new TensorOwner("a cache");
        Tensor kept;
        using (Scope scope = arena.Begin(Mode.Inference))
            kept = scope.From<float>([1, 2, 3, 4], s_four).Keep(owner);
        kept.ToArray<float>().ShouldBe([1, 2, 3, 4]);

        owner.Lease();
        owner.Release();
        kept.ToArray<float>().ShouldBe([1, 2, 3, 4]);
        owner.Return();
        Should.Throw<StaleTensorException>(() => kept.ToArray<float>()).Message.ShouldContain("a cache");
        Should.Throw<StaleTensorException>(() => owner.New(DType.F32, s_four));
        Should.Throw<InvalidOperationException>(owner.Return);
    }

    [Fact]
    public void A_scope_is_a_ref_struct_so_the_compiler_keeps_it_from_crossing_an_await() =>
        typeof(Scope).IsByRefLike.ShouldBeTrue();

    [Fact]
    public void A_scope_used_after_its_end_throws()
    {
        using var arena = new Arena();
        Scope scope = arena.Begin(Mode.Inference);
        scope.Dispose();
        bool threw = false;
        try
        {
            scope.Zeros(DType.F32, s_four);
        }
        catch (StaleTensorException)
        {
            threw = true;
        }
        threw.ShouldBeTrue();
        scope.Dispose();
    }

    [Fact]
    public void Scopes_end_in_the_order_of_their_nesting()
    {
        using var arena = new Arena();
        Scope outer = arena.Begin(Mode.Inference, name: "outer");
        Scope inner = arena.Begin(Mode.Inference, name: "inner");
        bool threw = false;
        try
        {
            outer.Dispose();
        }
        catch (InvalidOperationException)
        {
            threw = true;
        }
        threw.ShouldBeTrue();
        inner.Dispose();
        outer.Dispose();
    }

    [Fact]
    public void An_arena_serves_one_thread_at_a_time()
    {
        using var arena = new Arena();
        using Scope scope = arena.Begin(Mode.Inference);
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            try
            {
                arena.Begin(Mode.Inference).Dispose();
            }
            catch (InvalidOperationException e)
            {
                thrown = e;
            }
        });
        thread.Start();
        thread.Join();
        thrown.ShouldNotBeNull().Message.ShouldContain("own arena");
    }

    [Fact]
    public void Pointers_do_not_move_and_a_steady_step_allocates_nothing()
    {
        using var arena = new Arena(Workers.Serial);
        for (int i = 0; i < 3; i++)
            Step(arena);
        long peak = arena.PeakBytes;
        AllocatedBytes.Of(() =>
        {
            for (int i = 0; i < 100; i++)
                Step(arena);
        }).ShouldBe(0);
        arena.PeakBytes.ShouldBe(peak);
    }

    private static void Step(Arena arena)
    {
        using Scope scope = arena.Begin(Mode.Training);
        for (int i = 0; i < 20; i++)
            scope.Zeros(DType.F32, new Shape(i, 100));
    }

    [Fact]
    public void A_shape_only_run_counts_memory_without_touching_it()
    {
        using var arena = new Arena(budget: new MemoryBudget("test", 1 << 20), reserve: 1L << 40);
        using (Scope scope = arena.Begin(Mode.Shapes))
            scope.Zeros(DType.F32, new Shape(1L << 30, 8));
        arena.PeakBytes.ShouldBe(32L << 30);
    }

    [Fact]
    public void Growth_beyond_the_budget_is_refused_before_it_happens()
    {
        using var arena = new Arena(budget: new MemoryBudget("the run", 8 << 20));
        using Scope scope = arena.Begin(Mode.Inference);
        scope.Zeros(DType.U8, new Shape(4 << 20));
        MemoryBudgetException? thrown = null;
        try
        {
            scope.Empty(DType.U8, new Shape(16 << 20));
        }
        catch (MemoryBudgetException e)
        {
            thrown = e;
        }
        thrown.ShouldNotBeNull().Message.ShouldContain("the run");
    }

    [Fact]
    public void A_full_arena_says_what_was_asked_and_how_to_cure_it()
    {
        using var arena = new Arena(reserve: 4 << 20);
        using Scope scope = arena.Begin(Mode.Inference);
        InsufficientMemoryException? thrown = null;
        try
        {
            scope.Empty(DType.U8, new Shape(1L << 40));
        }
        catch (InsufficientMemoryException e)
        {
            thrown = e;
        }
        thrown.ShouldNotBeNull().Message.ShouldContain("smaller batch");
    }

    [Fact]
    public void The_heap_joins_what_is_given_back()
    {
        var heap = new ArenaHeap();
        heap.Open(0, 1000);
        long a = heap.Take(100), b = heap.Take(200), c = heap.Take(300);
        (a, b, c).ShouldBe((0, 100, 300));
        heap.Return(a, 100);
        heap.Return(c, 300);
        heap.Take(150).ShouldBe(300);
        heap.Return(300, 150);
        heap.Return(b, 200);
        heap.Take(1000).ShouldBe(0);
        heap.Take(1).ShouldBe(-1);
    }

    [Fact]
    public void Random_takes_and_returns_never_overlap_and_end_as_one_block()
    {
        var random = new System.Random(5);
        var heap = new ArenaHeap();
        heap.Open(0, 1 << 20);
        var taken = new List<(long Start, long Bytes)>();
        for (int i = 0; i < 5000; i++)
        {
            if (taken.Count > 0 && random.Next(2) == 0)
            {
                int at = random.Next(taken.Count);
                heap.Return(taken[at].Start, taken[at].Bytes);
                taken.RemoveAt(at);
                continue;
            }
            long bytes = 64 * random.Next(1, 50);
            long start = heap.Take(bytes);
            if (start < 0)
                continue;
            taken.Exists(t => t.Start < start + bytes && start < t.Start + t.Bytes).ShouldBeFalse();
            taken.Add((start, bytes));
        }
        foreach ((long start, long bytes) in taken)
            heap.Return(start, bytes);
        heap.Take(1 << 20).ShouldBe(0);
    }
}
