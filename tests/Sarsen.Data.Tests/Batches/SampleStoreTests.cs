using System.Diagnostics;
using Sarsen.Data.Batches;
using Sarsen.Data.Sources;
using Sarsen.Data.Splits;
using Sarsen.Data.Tables;
using Sarsen.Testing;

namespace Sarsen.Data.Tests.Batches;

public class SampleStoreTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData((1 << 20) + 17)] // wider than a chunk
    public void What_does_not_fit_in_memory_is_read_from_a_file_that_goes_away(int width)
    {
        string folder = Path.Combine(Path.GetTempPath(), $"sarsen-{Guid.NewGuid():N}");
        try
        {
            int count = width > 1 << 20 ? 5 : 3000;
            var budget = new SampleBudget(bytes: 2 << 20, folder);
            using var writer = new SampleStoreWriter(width, budget, "training");
            byte[] record = new byte[width];
            for (int i = 0; i < count; i++)
            {
                record.AsSpan().Fill((byte)i);
                record[0] = (byte)(i * 7);
                writer.Add(record);
            }
            using (SampleStore store = writer.Finish())
            {
                store.IsSpooled.ShouldBe((long)count * width > 2 << 20);
                for (int i = count - 1; i >= 0; i -= 3)
                {
                    store.Read(i, record);
                    record[0].ShouldBe((byte)(i * 7));
                    record.AsSpan(1).ContainsAnyExcept((byte)i).ShouldBeFalse();
                }
                budget.Free.ShouldBe(store.IsSpooled ? 2 << 20 : (2 << 20) - (1 << 20) / width * width * (int)Math.Ceiling(count / (double)((1 << 20) / width)));
            }
            if (Directory.Exists(folder))
                Directory.GetFiles(folder).ShouldBeEmpty();
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Without_a_cache_folder_too_many_samples_are_refused() =>
        Should.Throw<DataException>(() => BatchReaderTests.Numbered(200_000, new PrepareOptions { MemoryBytes = 1 << 20 }))
            .Message.ShouldContain("give a cache folder");

    [Fact]
    public void A_cache_folder_that_cannot_be_written_is_named() =>
        Should.Throw<DataException>(() => BatchReaderTests.Numbered(200_000, new PrepareOptions { MemoryBytes = 1 << 20, CacheFolder = "/proc/nowhere" }))
            .Message.ShouldContain("'/proc/nowhere'");

    [SlowFact]
    public void A_gigabyte_of_samples_is_spooled_and_shuffled_in_bounded_memory()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"sarsen-{Guid.NewGuid():N}");
        var rows = new GeneratedRows(blocks: 1024, blockRows: 1024);
        var spec = new DataSpec { Source = new RowsSource(rows), Target = ["label"], Split = new SplitSpec { Train = 1, Validation = 0, Test = 0 } };
        try
        {
            using PreparedData data = PreparedData.Prepare(spec, [], 1, new PrepareOptions { MemoryBytes = 64 << 20, CacheFolder = folder });
            data.Training.IsSpooled.ShouldBeTrue();
            data.Training.Count.ShouldBe(1 << 20);
            using var reader = new BatchReader(data.Training, new BatchOptions { BatchSize = 256, Shuffle = true });
            reader.Begin(0);
            long sum = 0, peak = 0;
            while (reader.Next() is { } batch)
            {
                foreach (long index in batch.Indices)
                    sum += index;
                if (batch.Position % (1 << 16) == 0)
                    peak = Math.Max(peak, Process.GetCurrentProcess().WorkingSet64);
            }
            sum.ShouldBe((1L << 20) * ((1L << 20) - 1) / 2);
            peak.ShouldBeLessThan(700L << 20); // the samples are 1 GiB
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Rows of 256 numbers that are made when they are read.</summary>
    private sealed class GeneratedRows(int blocks, int blockRows) : IRowSource
    {
        private const int Width = 256;

        public Schema Schema { get; } = new([new ColumnInfo("x", ColumnType.Array, new Sarsen.Tensors.Shape(Width)), new ColumnInfo("label", ColumnType.Number)]);

        public IEnumerable<RowBlock> Read(CancellationToken stop)
        {
            for (int b = 0; b < blocks; b++)
            {
                byte[] values = new byte[blockRows * Width * 4];
                yield return new RowBlock(Schema, [new ArrayColumn(Schema.Columns[0], values, blockRows), new Column<double>(Schema.Columns[1], new double[blockRows])], (long)b * blockRows);
            }
        }
    }
}
