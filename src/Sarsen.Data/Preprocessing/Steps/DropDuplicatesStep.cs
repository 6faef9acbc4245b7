using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>
/// Drops rows that are equal to an earlier one and counts them. Training rows are compared among themselves, validation
/// rows with those and among themselves, test rows with both: what a part held out has in common with training is
/// dropped there, so the training part does not depend on the others. Nothing is dropped at prediction.
/// Rows are compared by 128 bits of their SHA-256: 32 bytes or so of memory a row.
/// </summary>
[Description("Drop rows that are equal to an earlier one.")]
[DefaultProperty(nameof(Columns))]
public sealed record DropDuplicatesStep : PlainStep
{
    [Description("The columns that are compared; nothing: all, the target among them.")]
    public IReadOnlyList<string>? Columns { get; init; }

    internal override Transform Bind(StepInput input)
    {
        IReadOnlyList<ColumnInfo> columns = Columns is null ? input.Schema.Columns : input.Select(this, Columns, _ => true, "any column");
        return new DropDuplicates(Word, input, [.. columns.Select(c => input.Schema.IndexOf(c.Name))]);
    }

    private sealed class DropDuplicates(string word, StepInput input, int[] columns) : Transform(input)
    {
        public override RowBlock Apply(RowBlock rows) => rows;

        public override IEnumerable<RowBlock> Stream(IEnumerable<RowBlock> rows, Passage passage)
        {
            var seen = passage.Memory<HashSet<UInt128>>(this);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (RowBlock block in rows)
            {
                var kept = new List<int>(block.Count);
                for (int row = 0; row < block.Count; row++)
                {
                    if (seen.Add(Hash(hash, block, row)))
                        kept.Add(row);
                }
                passage.Dropped(word, block.Count - kept.Count);
                if (kept.Count > 0)
                    yield return kept.Count == block.Count ? block : block.Take(CollectionsMarshal.AsSpan(kept));
            }
        }

        private UInt128 Hash(IncrementalHash hash, RowBlock block, int row)
        {
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            foreach (int index in columns)
            {
                Column column = block.Columns[index];
                bool missing = ColumnValues.IsMissing(column, row);
                hash.AppendData([missing ? (byte)1 : (byte)0]);
                if (!missing)
                    Append(hash, column, row);
            }
            hash.GetHashAndReset(digest);
            return MemoryMarshal.Read<UInt128>(digest);
        }

        private static void Append(IncrementalHash hash, Column column, int row)
        {
            switch (column)
            {
                case Column<double> numbers:
                    hash.AppendData(MemoryMarshal.AsBytes([numbers.Values[row] + 0.0])); // -0 is 0
                    break;
                case Column<long> integers:
                    hash.AppendData(MemoryMarshal.AsBytes(integers.Values.AsSpan(row, 1)));
                    break;
                case Column<bool> booleans:
                    hash.AppendData(MemoryMarshal.AsBytes(booleans.Values.AsSpan(row, 1)));
                    break;
                case Column<string> texts:
                    // The length keeps ("ab", "c") apart from ("a", "bc").
                    hash.AppendData(MemoryMarshal.AsBytes([texts.Values[row].Length]));
                    hash.AppendData(MemoryMarshal.AsBytes(texts.Values[row].AsSpan()));
                    break;
                case ArrayColumn arrays:
                    hash.AppendData(arrays.Row(row));
                    break;
            }
        }
    }
}
