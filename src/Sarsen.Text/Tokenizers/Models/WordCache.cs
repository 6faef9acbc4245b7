using System.Numerics;
using System.Runtime.InteropServices;

namespace Sarsen.Text.Tokenizers.Models;

/// <summary>
/// The tokens of words that were met before, for one user at a time. A word's characters and tokens lie in two arenas; where
/// they or the slots are full, all is forgotten, which costs less than choosing what to forget. Words longer than
/// <see cref="LongestWord"/> are not kept.
/// </summary>
internal sealed class WordCache
{
    public const int LongestWord = 64;

    private const int Slots = 1 << 16;
    private const int MaxWords = Slots / 2;
    private const int CharArena = MaxWords * 12;
    private const int IdArena = MaxWords * 6;

    private readonly Slot[] _slots = new Slot[Slots];
    private readonly char[] _chars = new char[CharArena];
    private readonly int[] _ids = new int[IdArena];
    private int _words, _charCount, _idCount;

    /// <summary>The tokens of a word, or nothing where it is not known; a word has at least one token.</summary>
    public ReadOnlySpan<int> Find(ReadOnlySpan<char> word, out uint hash)
    {
        hash = Hash(word);
        for (uint i = hash; ; i++)
        {
            ref Slot slot = ref _slots[i & (Slots - 1)];
            if (slot.IdCount == 0)
                return default;
            if (slot.Hash == hash && slot.Length == word.Length && word.SequenceEqual(_chars.AsSpan(slot.Char, slot.Length)))
                return _ids.AsSpan(slot.Id, slot.IdCount);
        }
    }

    /// <param name="word">One that <see cref="Find"/> did not find.</param>
    /// <param name="hash">What it gave.</param>
    /// <param name="ids">The word's tokens; without any it is not kept.</param>
    public void Add(ReadOnlySpan<char> word, uint hash, ReadOnlySpan<int> ids)
    {
        if (ids.IsEmpty || ids.Length > ushort.MaxValue)
            return;
        if (_words == MaxWords || word.Length > CharArena - _charCount || ids.Length > IdArena - _idCount)
        {
            Array.Clear(_slots);
            (_words, _charCount, _idCount) = (0, 0, 0);
        }
        uint i = hash;
        while (_slots[i & (Slots - 1)].IdCount != 0)
            i++;
        _slots[i & (Slots - 1)] = new Slot(hash, _charCount, _idCount, (ushort)word.Length, (ushort)ids.Length);
        word.CopyTo(_chars.AsSpan(_charCount));
        ids.CopyTo(_ids.AsSpan(_idCount));
        (_words, _charCount, _idCount) = (_words + 1, _charCount + word.Length, _idCount + ids.Length);
    }

    private static uint Hash(ReadOnlySpan<char> word)
    {
        ulong hash = (ulong)word.Length * 0x9E3779B97F4A7C15UL;
        ReadOnlySpan<char> rest = word;
        for (; rest.Length >= 4; rest = rest[4..])
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(rest)));
        foreach (char c in rest)
            hash = (hash << 16 | hash >> 48) ^ c;
        hash = Mix(hash);
        return (uint)(hash ^ (hash >> 32));
    }

    private static ulong Mix(ulong value) => BitOperations.RotateLeft(value * 0xD6E8FEB86659FD93UL, 32) * 0x9E3779B97F4A7C15UL;

    private readonly record struct Slot(uint Hash, int Char, int Id, ushort Length, ushort IdCount);
}
