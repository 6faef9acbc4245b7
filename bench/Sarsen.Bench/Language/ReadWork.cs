using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sarsen.Tensors.Memory;
using Sarsen.Tensors.Threads;

namespace Sarsen.Bench.Language;

/// <summary>
/// Reads as much memory as generating an answer does, and nothing else: as many bytes as the model's file has for each token, on
/// huge pages, by all threads. What the memory gives is what an answer can reach.
/// </summary>
internal sealed unsafe class ReadWork : Work
{
    public const string Suffix = "-read";

    private const int ChunkBytes = 1 << 20;

    private readonly NativeBuffer _memory;
    private readonly long[] _found;

    public ReadWork(string name)
    {
        long bytes = new FileInfo(RandomModel.File(LanguageCase.Of(name[..^Suffix.Length]))).Length / ChunkBytes * ChunkBytes;
        // Written once: pages that nobody wrote are all the same one.
        _memory = NativeBuffer.Allocate(bytes);
        _found = new long[bytes / ChunkBytes];
    }

    public static IEnumerable<string> Cases => from c in LanguageCase.All where c.Task == "decode" select c.Name + Suffix;

    public override void Run()
    {
        for (int i = 0; i < LanguageCase.Answer; i++)
        {
            var job = new Chunks { Work = this };
            Workers.Shared.For(ref job, _found.Length);
        }
    }

    public override void Dispose() => _memory.Dispose();

    private struct Chunks : IChunkJob
    {
        public ReadWork Work;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(int chunk)
        {
            long* at = (long*)(Work._memory.Pointer + ((long)chunk * ChunkBytes)), end = at + (ChunkBytes / sizeof(long));
            (Vector512<long> a, Vector512<long> b, Vector512<long> c, Vector512<long> d) = (default, default, default, default);
            for (; at < end; at += 32)
            {
                a |= Vector512.Load(at);
                b |= Vector512.Load(at + 8);
                c |= Vector512.Load(at + 16);
                d |= Vector512.Load(at + 24);
            }
            Work._found[chunk] = Vector512.Sum(a | b | c | d);
        }
    }
}
