using Sarsen.Nn;
using Sarsen.Serving.Language.Scheduling;

namespace Sarsen.Serving.Tests.Language.Scheduling;

public sealed class KvBlockCacheTests
{
    private const int Block = KvPool.BlockPositions;

    private static KvBlockCache New(int blocks) => new(new KvPool(new KvShape(1, 1, 1), KvType.F32, blocks));

    private static int[] Tokens(int count, int from = 0) => [.. Enumerable.Range(from, count)];

    // Takes and registers whole blocks of tokens, as a sequence does that computes them.
    private static List<int> Compute(KvBlockCache cache, int[] tokens)
    {
        var blocks = new List<int>();
        long before = cache.Match(tokens, blocks);
        for (int at = blocks.Count * Block; at + Block <= tokens.Length; at += Block)
        {
            cache.TryTake(out int block).ShouldBeTrue();
            blocks.Add(block);
            before = cache.Register(block, before, tokens.AsSpan(at, Block));
        }
        return blocks;
    }

    private static void Return(KvBlockCache cache, List<int> blocks)
    {
        for (int i = blocks.Count - 1; i >= 0; i--)
            cache.Return(blocks[i]);
    }

    [Fact]
    public void What_begins_alike_shares_blocks_while_it_is_used_and_after()
    {
        KvBlockCache cache = New(6);
        List<int> first = Compute(cache, Tokens(3 * Block));
        List<int> second = Compute(cache, [.. Tokens(2 * Block), .. Tokens(Block, 1000)]);
        second[..2].ShouldBe(first[..2]);
        second[2].ShouldNotBe(first[2]);
        (cache.Used, cache.Idle, cache.Available).ShouldBe((4, 0, 2));
        Return(cache, first);
        (cache.Used, cache.Idle, cache.Available).ShouldBe((3, 1, 3));
        Return(cache, second);
        (cache.Used, cache.Idle, cache.Available).ShouldBe((0, 4, 6));
        Compute(cache, Tokens(3 * Block)).ShouldBe(first);
    }

    [Fact]
    public void A_beginning_that_differs_shares_nothing_though_what_follows_is_equal()
    {
        KvBlockCache cache = New(6);
        List<int> first = Compute(cache, [.. Tokens(Block), .. Tokens(Block, 500)]);
        List<int> second = Compute(cache, [.. Tokens(Block, 1), .. Tokens(Block, 500)]);
        first.Intersect(second).ShouldBeEmpty();
    }

    [Fact]
    public void A_part_of_a_block_is_not_found()
    {
        KvBlockCache cache = New(4);
        Compute(cache, Tokens(2 * Block));
        var found = new List<int>();
        cache.Match(Tokens((2 * Block) - 1), found);
        found.Count.ShouldBe(1);
    }

    [Fact]
    public void The_least_recently_used_is_given_up_first_and_the_end_of_a_sequence_before_its_beginning()
    {
        KvBlockCache cache = New(4);
        List<int> old = Compute(cache, Tokens(2 * Block)), young = Compute(cache, Tokens(2 * Block, 100));
        Return(cache, old);
        Return(cache, young);
        cache.TryTake(out int block).ShouldBeTrue();
        block.ShouldBe(old[1]);
        var found = new List<int>();
        cache.Match(Tokens(2 * Block), found);
        found.ShouldBe([old[0]]);
        // Now the other is older.
        Return(cache, found);
        cache.TryTake(out block).ShouldBeTrue();
        block.ShouldBe(young[1]);
    }

    [Fact]
    public void None_can_be_taken_when_sequences_have_them_all()
    {
        KvBlockCache cache = New(2);
        List<int> blocks = Compute(cache, Tokens(2 * Block));
        cache.TryTake(out _).ShouldBeFalse();
        Return(cache, blocks);
        Should.Throw<InvalidOperationException>(() => cache.Return(blocks[0])).Message.ShouldContain("once more than it was taken");
    }

    [Fact]
    public void Equal_blocks_that_were_computed_at_the_same_time_go_on_as_one()
    {
        KvBlockCache cache = New(4);
        cache.TryTake(out int a).ShouldBeTrue();
        cache.TryTake(out int b).ShouldBeTrue();
        long number = cache.Register(a, KvBlockCache.Root, Tokens(Block));
        cache.Register(b, KvBlockCache.Root, Tokens(Block)).ShouldBe(number);
        cache.Return(b);
        (cache.Used, cache.Idle, cache.Available).ShouldBe((1, 0, 3));
    }

    [Fact]
    public void No_block_is_lost_whatever_sequences_do()
    {
        var random = new Random(4);
        KvBlockCache cache = New(40);
        var held = new List<List<int>>();
        for (int i = 0; i < 20_000; i++)
        {
            if (held.Count > 0 && (random.Next(2) == 0 || cache.Available < 6))
            {
                int at = random.Next(held.Count);
                Return(cache, held[at]);
                held.RemoveAt(at);
            }
            else if (cache.Available >= 6)
            {
                held.Add(Compute(cache, [.. Enumerable.Range(0, random.Next(1, 6)).SelectMany(b => Tokens(Block, random.Next(3) * 1000 + b))]));
            }
            cache.Used.ShouldBe(held.SelectMany(b => b).Distinct().Count());
        }
        foreach (List<int> blocks in held)
            Return(cache, blocks);
        (cache.Used, cache.Available).ShouldBe((0, 40));
    }
}
