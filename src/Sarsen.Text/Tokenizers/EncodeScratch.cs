using Sarsen.Text.Tokenizers.Models;

namespace Sarsen.Text.Tokenizers;

/// <summary>What encoding works with, for one caller at a time; kept by the tokenizer for the next one.</summary>
internal sealed class EncodeScratch
{
    private int[] _symbols = new int[256];
    private int[] _ranks = new int[256];
    private double[] _scores = new double[256];
    private char[] _chars = new char[256];
    private WordCache? _words;

    public Pieces Pieces { get; } = new();

    public TextBuffer Normalized { get; } = new();

    public MergeHeap Heap { get; } = new();

    /// <summary>One for the one model of the tokenizer that this belongs to.</summary>
    public WordCache Words => _words ??= new WordCache();

    public TokenIds Ids { get; } = new();

    public Span<int> Symbols(int length) => Ensure(ref _symbols, length);

    public Span<int> Ranks(int length) => Ensure(ref _ranks, length);

    public Span<double> Scores(int length) => Ensure(ref _scores, length);

    public Span<char> Chars(int length) => Ensure(ref _chars, length);

    private static Span<T> Ensure<T>(ref T[] array, int length)
    {
        if (length > array.Length)
            array = new T[Math.Max(length, (int)Math.Min(Array.MaxLength, array.Length * 2L))];
        return array.AsSpan(0, length);
    }
}
