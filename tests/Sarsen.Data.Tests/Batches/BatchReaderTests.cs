using System.Runtime.InteropServices;
using Sarsen.Data.Batches;
using Sarsen.Data.Preprocessing;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Data.Splits;
using Sarsen.Data.Tables;
using Sarsen.Tensors;

namespace Sarsen.Data.Tests.Batches;

public unsafe class BatchReaderTests
{
    [Fact]
    public void An_epoch_has_every_sample_once_and_its_target_with_it()
    {
        using PreparedData data = Numbered(103);
        using var reader = new BatchReader(data.Training, new BatchOptions { BatchSize = 10, Shuffle = true, Seed = 1 });
        reader.BatchesPerEpoch.ShouldBe(11);
        var seen = new List<long>();
        reader.Begin(0);
        while (reader.Next() is { } batch)
        {
            batch.Position.ShouldBe(seen.Count);
            batch.InputShape.ShouldBe(new Shape(batch.Count, 2));
            var inputs = new ReadOnlySpan<float>(batch.Input, batch.Count * 2);
            var targets = new ReadOnlySpan<float>(batch.Target, batch.Count);
            for (int i = 0; i < batch.Count; i++)
            {
                inputs[2 * i].ShouldBe(batch.Indices[i]);
                targets[i].ShouldBe(-batch.Indices[i]);
            }
            seen.AddRange(batch.Indices);
        }
        seen.SequenceEqual(seen.Order()).ShouldBeFalse();
        seen.Order().ShouldBe(Enumerable.Range(0, 103).Select(i => (long)i));
        reader.Next().ShouldBeNull();
    }

    [Fact]
    public void A_run_that_resumes_gets_the_batches_it_would_have_got()
    {
        using PreparedData data = Pictures(50);
        var options = new BatchOptions { BatchSize = 8, Shuffle = true, Seed = 7 };
        byte[][][] epochs = [.. Enumerable.Range(0, 3).Select(e => Epoch(data, options, e, 0))];
        epochs[1].ShouldNotBe(epochs[0]);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            for (int batch = 0; batch <= 6; batch++)
                Epoch(data, options, epoch, batch * 8).ShouldBe(epochs[epoch][batch..]);
        }
    }

    [Fact]
    public void A_reader_that_is_told_to_go_elsewhere_forgets_what_it_read_ahead()
    {
        using PreparedData data = Numbered(64);
        using var reader = new BatchReader(data.Training, new BatchOptions { BatchSize = 4, Shuffle = true, Seed = 2, ReadAhead = 5 });
        for (int i = 0; i < 200; i++)
        {
            reader.Begin(i % 3, i % 16 * 4);
            Batch batch = reader.Next()!;
            (batch.Epoch, batch.Position).ShouldBe((i % 3, i % 16 * 4));
            var order = new KeyedPermutation(64, new RngKey(2, "shuffle"), i % 3);
            batch.Indices[0].ShouldBe(order[i % 16 * 4]);
            new ReadOnlySpan<float>(batch.Input, 1)[0].ShouldBe(batch.Indices[0]);
        }
    }

    [Fact]
    public void The_last_batch_is_short_or_left_out()
    {
        using PreparedData data = Numbered(20);
        Counts(new BatchOptions { BatchSize = 8 }).ShouldBe([8, 8, 4]);
        Counts(new BatchOptions { BatchSize = 8, DropLast = true }).ShouldBe([8, 8]);
        Counts(new BatchOptions { BatchSize = 100 }).ShouldBe([20]);
        Should.Throw<DataException>(() => Counts(new BatchOptions { BatchSize = 100, DropLast = true })).Message.ShouldContain("20 samples do not fill one batch of 100");
        Should.Throw<ArgumentOutOfRangeException>(() => Counts(new BatchOptions { BatchSize = 0 }));

        int[] Counts(BatchOptions options)
        {
            using var reader = new BatchReader(data.Training, options);
            reader.Begin(0);
            var counts = new List<int>();
            while (reader.Next() is { } batch)
                counts.Add(batch.Count);
            return [.. counts];
        }
    }

    [Fact]
    public void An_epoch_allocates_nothing()
    {
        using PreparedData data = Pictures(64);
        using var reader = new BatchReader(data.Training, new BatchOptions { BatchSize = 8, Shuffle = true });
        long allocated = 0;
        for (int epoch = 0; epoch < 20; epoch++)
        {
            // Both threads count; the first epochs fill the pools.
            long before = GC.GetTotalAllocatedBytes(precise: true);
            reader.Begin(epoch);
            while (reader.Next() is not null)
            {
            }
            long now = GC.GetTotalAllocatedBytes(precise: true) - before;
            allocated = epoch < 5 ? long.MaxValue : Math.Min(allocated, now); // other tests may allocate meanwhile
        }
        allocated.ShouldBe(0);
    }

    [Fact]
    public void Errors_and_cancellation_reach_the_consumer()
    {
        PreparedData data = Numbered(20);
        using (var reader = new BatchReader(data.Training, new BatchOptions { BatchSize = 4 }))
        {
            data.Dispose();
            reader.Begin(0);
            Should.Throw<ObjectDisposedException>(() => reader.Next());
            Should.Throw<ObjectDisposedException>(() => reader.Next());
        }
        using PreparedData other = Numbered(20);
        using var stop = new CancellationTokenSource();
        using var stopped = new BatchReader(other.Training, new BatchOptions { BatchSize = 4 }, stop.Token);
        stopped.Begin(0);
        stopped.Next().ShouldNotBeNull();
        stop.Cancel();
        Should.Throw<OperationCanceledException>(() => stopped.Next());
    }

    [Fact]
    public void Random_steps_run_at_training_only_and_depend_on_epoch_and_sample_alone()
    {
        using PreparedData data = Pictures(30);
        data.Training.Augments.ShouldBeTrue();
        byte[] Read(SampleSet set, long index, long epoch)
        {
            byte[] input = new byte[set.Input.Bytes];
            set.Read(index, epoch, input, new byte[8]);
            return input;
        }

        SampleSet plain = data.Training.WithoutAugmentation();
        Read(plain, 3, 0).ShouldBe(Read(plain, 3, 1));
        Enumerable.Range(0, 20).Select(e => Convert.ToHexString(Read(data.Training, 3, e))).Distinct().Count().ShouldBeGreaterThan(5);
        Read(data.Training, 3, 2).ShouldBe(Read(data.Training, 3, 2));
    }

    private static byte[][] Epoch(PreparedData data, BatchOptions options, long epoch, long position)
    {
        using var reader = new BatchReader(data.Training, options);
        reader.Begin(epoch, position);
        var batches = new List<byte[]>();
        while (reader.Next() is { } batch)
            batches.Add([.. new ReadOnlySpan<byte>(batch.Input, (int)batch.InputBytes), .. new ReadOnlySpan<byte>(batch.Target, (int)batch.TargetBytes)]);
        return [.. batches];
    }

    internal static PreparedData Numbered(int rows, PrepareOptions? options = null)
    {
        double[] numbers = [.. Enumerable.Range(0, rows).Select(i => (double)i)];
        return PreparedData.Prepare(PreparedDataTests.Spec(
            [MemoryRows.Numbers("x", numbers), MemoryRows.Numbers("other", new double[rows]), MemoryRows.Numbers("label", Array.ConvertAll(numbers, x => -x))],
            new SplitSpec { Train = 1, Validation = 0, Test = 0 }), [], 0, options);
    }

    internal static PreparedData Pictures(int count)
    {
        byte[] pixels = new byte[count * 3 * 6 * 5];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(i * 37 % 251);
        return PreparedData.Prepare(PreparedDataTests.Spec(
            [MemoryRows.Arrays("picture", new Shape(3, 6, 5), pixels), MemoryRows.Integers("label", [.. Enumerable.Range(0, count).Select(i => (long)(i % 2))])],
            new SplitSpec { Train = 1, Validation = 0, Test = 0 }),
            [new RandomFlipStep(), new RandomCropStep { Height = 4, Width = 4, Padding = 1 }, new NormalizeStep { Mean = [0.5, 0.4, 0.3] }], 5);
    }
}
