using System.Runtime.InteropServices;
using Sarsen.Nn;

namespace Sarsen.Serving.Language.Scheduling;

/// <summary>
/// The blocks of a pool, shared by sequences that begin alike. A block that is full is registered under what came before it
/// and its own tokens; a sequence with the same beginning takes it instead of computing it. Blocks that no sequence has stay
/// registered until their memory is needed, the least recently used first. For one thread.
/// </summary>
/// <remarks>
/// What came before is the block before, by a number that is never used twice, and tokens are compared one by one: a hash
/// decides nothing. Source of the idea: Kwon et al., «Efficient memory management for large language model serving with
/// PagedAttention», 2023.
/// </remarks>
/// <param name="pool">All of its blocks are this cache's.</param>
internal sealed class KvBlockCache(KvPool pool)
{
    private const int None = -1;

    private readonly Block[] _blocks = new Block[pool.Blocks];
    private readonly Dictionary<Key, int> _registered = [];
    private int _oldest = None;
    private int _newest = None;
    private long _numbers;

    /// <summary>What stands before the first block of every sequence.</summary>
    public const long Root = 0;

    /// <summary>Blocks that can be taken: free ones, and registered ones that no sequence has.</summary>
    public int Available => pool.FreeBlocks + Idle;

    /// <summary>Registered blocks that no sequence has.</summary>
    public int Idle { get; private set; }

    /// <summary>Blocks that sequences have.</summary>
    public int Used => pool.Blocks - Available;

    /// <summary>Takes the blocks that hold the beginning of some tokens.</summary>
    /// <param name="tokens">Whole blocks of them are looked for.</param>
    /// <param name="blocks">Gets the blocks behind those it has; each has one user more.</param>
    /// <returns>The number of the last one, <see cref="Root"/> where none was found.</returns>
    public long Match(ReadOnlySpan<int> tokens, List<int> blocks)
    {
        long before = Root;
        while (tokens.Length >= KvPool.BlockPositions)
        {
            ReadOnlySpan<int> own = tokens[..KvPool.BlockPositions];
            if (!_registered.TryGetValue(new Key(before, Hash(own)), out int block) || !own.SequenceEqual(_blocks[block].Tokens))
                break;
            Use(block);
            blocks.Add(block);
            before = _blocks[block].Number;
            tokens = tokens[KvPool.BlockPositions..];
        }
        return before;
    }

    /// <summary>Takes a block for new tokens; false when sequences have them all.</summary>
    public bool TryTake(out int block)
    {
        if (!pool.TryTake(out block))
        {
            if (_oldest == None)
                return false;
            block = _oldest;
            Unlink(block);
            Forget(block);
        }
        _blocks[block].Users = 1;
        return true;
    }

    /// <summary>Tells that a block is full and computed.</summary>
    /// <param name="block">A block of the caller's.</param>
    /// <param name="before">The number of the block before it, or <see cref="Root"/>.</param>
    /// <param name="tokens">As many as a block has positions.</param>
    /// <returns>Its number: that of an equal one where there is one already.</returns>
    public long Register(int block, long before, ReadOnlySpan<int> tokens)
    {
        var key = new Key(before, Hash(tokens));
        ref int known = ref CollectionsMarshal.GetValueRefOrAddDefault(_registered, key, out bool exists);
        if (exists && tokens.SequenceEqual(_blocks[known].Tokens))
            return _blocks[known].Number;
        ref Block entry = ref _blocks[block];
        entry.Number = ++_numbers;
        // Of two with one hash the first stays.
        if (!exists)
        {
            known = block;
            entry.Key = key;
            entry.Registered = true;
            tokens.CopyTo(entry.Tokens ??= new int[KvPool.BlockPositions]);
        }
        return entry.Number;
    }

    /// <summary>One sequence does not need a block any more. Give the last of a sequence back first: what follows is useless without what came before.</summary>
    /// <exception cref="InvalidOperationException">Nobody has it.</exception>
    public void Return(int block)
    {
        ref Block entry = ref _blocks[block];
        if (entry.Users == 0)
            throw new InvalidOperationException($"block {block} is given back once more than it was taken");
        if (--entry.Users > 0)
            return;
        if (entry.Registered)
            Link(block);
        else
            pool.Return(block);
    }

    private void Use(int block)
    {
        if (_blocks[block].Users++ == 0)
            Unlink(block);
    }

    private void Forget(int block)
    {
        _registered.Remove(_blocks[block].Key);
        _blocks[block].Registered = false;
    }

    private void Link(int block)
    {
        ref Block entry = ref _blocks[block];
        (entry.Older, entry.Newer) = (_newest, None);
        if (_newest == None)
            _oldest = block;
        else
            _blocks[_newest].Newer = block;
        _newest = block;
        Idle++;
    }

    private void Unlink(int block)
    {
        ref Block entry = ref _blocks[block];
        if (entry.Older == None)
            _oldest = entry.Newer;
        else
            _blocks[entry.Older].Newer = entry.Newer;
        if (entry.Newer == None)
            _newest = entry.Older;
        else
            _blocks[entry.Newer].Older = entry.Older;
        Idle--;
    }

    private static int Hash(ReadOnlySpan<int> tokens)
    {
        var hash = new HashCode();
        hash.AddBytes(MemoryMarshal.AsBytes(tokens));
        return hash.ToHashCode();
    }

    private readonly record struct Key(long Before, int Hash);

    private struct Block
    {
        public int Users, Older, Newer;
        public long Number;
        public Key Key;
        public int[] Tokens;
        public bool Registered;
    }
}
