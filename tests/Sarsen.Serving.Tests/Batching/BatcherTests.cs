using System.Diagnostics;
using Sarsen.Serving.Batching;
using Sarsen.Serving.Buffers;

namespace Sarsen.Serving.Tests.Batching;

public class BatcherTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Requests_that_come_together_share_batches_and_get_the_answers_they_get_alone()
    {
        var predictor = new RowSumPredictor((_, _) => Thread.Sleep(1));
        await using var batcher = new Batcher(predictor, new BatchingOptions(), TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(0, 64).Select(client => Task.Run(async () =>
        {
            for (int i = 0; i < 20; i++)
            {
                float[] row = [client, i, client * 0.37f];
                (await Ask(batcher, predictor, row)).ShouldBe(RowSumPredictor.Expected(row));
            }
        })));
        batcher.Statistics.Requests.ShouldBe(64 * 20);
        batcher.Statistics.Rows.ShouldBe(64 * 20);
        batcher.Statistics.MeanBatch.ShouldBeGreaterThanOrEqualTo(8);
        batcher.Statistics.MeanBatch.ShouldBe(predictor.Batches.Average(), 1e-9);
        predictor.Batches.Max().ShouldBeLessThanOrEqualTo(64);
    }

    [Fact]
    public async Task A_lone_client_never_waits_for_others()
    {
        var predictor = new RowSumPredictor();
        await using var batcher = new Batcher(predictor, new BatchingOptions { MaxDelay = Soon }, TimeProvider.System);
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < 5; i++)
            await Ask(batcher, predictor, 1, 2, 3);
        watch.Elapsed.ShouldBeLessThan(Soon / 2);
        predictor.Batches.ShouldBe([1, 1, 1, 1, 1]);
    }

    [Fact]
    public async Task A_client_that_stays_alone_waits_in_vain_a_few_times_only()
    {
        using var gate = new Gate();
        var predictor = new RowSumPredictor((_, _) => gate.Pass());
        await using var batcher = new Batcher(predictor, new BatchingOptions { MaxDelay = TimeSpan.FromMilliseconds(30) }, TimeProvider.System);
        Task<float[]>[] crowd = await Crowd(batcher, predictor, gate, 8);
        gate.Open();
        await Task.WhenAll(crowd);
        // Nine were seen together: waits of 9, 5, 3, 2 clients, and no more.
        for (int i = 0; i < 4; i++)
            await Ask(batcher, predictor, 1, 2, 3);
        // The quickest of several: the machine may be busy.
        TimeSpan quickest = TimeSpan.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            var watch = Stopwatch.StartNew();
            await Ask(batcher, predictor, 1, 2, 3);
            quickest = watch.Elapsed < quickest ? watch.Elapsed : quickest;
        }
        quickest.ShouldBeLessThan(TimeSpan.FromMilliseconds(25));
    }

    [Fact]
    public async Task Where_others_are_expected_a_request_waits_for_them()
    {
        using var gate = new Gate();
        var predictor = new RowSumPredictor((_, _) => gate.Pass());
        await using var batcher = new Batcher(predictor, new BatchingOptions { MaxDelay = Soon }, TimeProvider.System);
        Task<float[]>[] crowd = await Crowd(batcher, predictor, gate, 3);
        gate.Open();
        await crowd[0];
        // The three that wait, wait for the fourth, which they have been seen with.
        Task<float[]> back = Ask(batcher, predictor, 0, 0, 0);
        await Task.WhenAll([back, .. crowd]).WaitAsync(Soon / 2);
        Task<float[]>[] again = [.. Enumerable.Range(0, 4).Select(i => Ask(batcher, predictor, i, i, i))];
        await Task.WhenAll(again).WaitAsync(Soon / 2);
        predictor.Batches.ShouldBe([1, 4, 4]);
    }

    [Fact]
    public async Task A_full_queue_refuses_and_a_request_taken_back_makes_room()
    {
        using var gate = new Gate();
        var predictor = new RowSumPredictor((_, _) => gate.Pass());
        await using var batcher = new Batcher(predictor, new BatchingOptions { QueueSize = 2 }, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        Task<float[]> running = Ask(batcher, predictor, 1, 1, 1);
        gate.WaitUntilReached();
        Task<float[]> waiting = Ask(batcher, predictor, 2, 2, 2);
        Task<float[]> leaving = Ask(batcher, predictor, stop.Token, 3, 3, 3);
        (await Should.ThrowAsync<OverloadException>(() => Ask(batcher, predictor, 4, 4, 4))).Message.ShouldContain("2 requests");
        stop.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(leaving);
        Task<float[]> late = Ask(batcher, predictor, 5, 5, 5);
        gate.Open();
        (await running).ShouldBe([3, 3]);
        (await waiting).ShouldBe([6, 12]);
        (await late).ShouldBe([15, 75]);
        (batcher.Statistics.Rejected, batcher.Statistics.Cancelled).ShouldBe((1, 1));
    }

    [Fact]
    public async Task A_request_taken_back_while_it_runs_returns_at_once_and_is_not_written()
    {
        using var gate = new Gate();
        var predictor = new RowSumPredictor((_, _) => gate.Pass());
        await using var batcher = new Batcher(predictor, new BatchingOptions(), TimeProvider.System);
        using var stop = new CancellationTokenSource();
        using TensorBuffers output = predictor.Info.NewOutput();
        Task leaving = batcher.RunAsync(predictor.Input(1, 2, 3), output, stop.Token).AsTask();
        gate.WaitUntilReached();
        stop.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(leaving);
        gate.Open();
        (await Ask(batcher, predictor, 1, 1, 1)).ShouldBe([3, 3]);
        output[0].Shape.Length.ShouldBe(0);
    }

    [Fact]
    public async Task A_row_at_fault_fails_alone()
    {
        using var gate = new Gate();
        var predictor = new RowSumPredictor((_, _) => gate.Pass());
        await using var batcher = new Batcher(predictor, new BatchingOptions(), TimeProvider.System);
        Task<float[]> first = Ask(batcher, predictor, 0, 0, 0);
        gate.WaitUntilReached();
        Task<float[]> before = Ask(batcher, predictor, 1, 1, 1), bad = Ask(batcher, predictor, 1, float.NaN, 1), after = Ask(batcher, predictor, 2, 2, 2);
        gate.Open();
        await first;
        (await before).ShouldBe([3, 3]);
        (await after).ShouldBe([6, 12]);
        (await Should.ThrowAsync<InputException>(bad)).Message.ShouldContain("not a number");
        predictor.Batches.ShouldBe([1, 3, 1, 1, 1]);
        batcher.Statistics.Failed.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_a_predictor_throws_reaches_the_caller_with_its_cause()
    {
        var predictor = new RowSumPredictor((_, _) => throw new DivideByZeroException("by nought"));
        await using var batcher = new Batcher(predictor, new BatchingOptions(), TimeProvider.System);
        PredictionFailedException e = await Should.ThrowAsync<PredictionFailedException>(() => Ask(batcher, predictor, 1, 1, 1));
        e.Message.ShouldContain("by nought");
        e.InnerException.ShouldBeOfType<DivideByZeroException>();
    }

    [Fact]
    public async Task A_request_larger_than_a_batch_is_run_in_pieces()
    {
        var predictor = new RowSumPredictor(maxBatch: 4);
        await using var batcher = new Batcher(predictor, new BatchingOptions { MaxBatch = 100 }, TimeProvider.System);
        float[] rows = [.. Enumerable.Range(0, 30).Select(i => i * 0.5f)];
        (await Ask(batcher, predictor, rows)).ShouldBe(RowSumPredictor.Expected(rows));
        predictor.Batches.ShouldBe([4, 4, 2]);
        (batcher.Statistics.Requests, batcher.Statistics.Rows, batcher.Statistics.Run.Count).ShouldBe((1, 10, 3));
    }

    [Fact]
    public async Task Ending_answers_what_waits_and_then_lets_go_of_the_predictor()
    {
        using var gate = new Gate();
        var predictor = new RowSumPredictor((_, _) => gate.Pass());
        var batcher = new Batcher(predictor, new BatchingOptions { MaxBatch = 1 }, TimeProvider.System);
        Task<float[]> running = Ask(batcher, predictor, 1, 1, 1);
        gate.WaitUntilReached();
        Task<float[]> waiting = Ask(batcher, predictor, 2, 2, 2);
        Task drained = batcher.DrainAsync(Soon);
        await Should.ThrowAsync<ReplicaClosedException>(() => Ask(batcher, predictor, 3, 3, 3));
        predictor.IsDisposed.ShouldBeFalse();
        gate.Open();
        (await running).ShouldBe([3, 3]);
        (await waiting).ShouldBe([6, 12]);
        await drained.WaitAsync(Soon);
        predictor.IsDisposed.ShouldBeTrue();
    }

    [Fact]
    public async Task Ending_without_patience_stops_the_predictor()
    {
        var predictor = new RowSumPredictor((_, stop) =>
        {
            stop.WaitHandle.WaitOne();
            stop.ThrowIfCancellationRequested();
        });
        var batcher = new Batcher(predictor, new BatchingOptions(), TimeProvider.System);
        Task<float[]> stuck = Ask(batcher, predictor, 1, 1, 1);
        await batcher.DrainAsync(TimeSpan.FromMilliseconds(20)).WaitAsync(Soon);
        await Should.ThrowAsync<ReplicaClosedException>(stuck);
    }

    [Theory]
    [InlineData("x", DataType.Fp32, new long[] { 1, 4 }, "[1,4]")]
    [InlineData("x", DataType.Fp32, new long[] { 3 }, "[3]")]
    [InlineData("x", DataType.Fp32, new long[] { 0, 3 }, "0 samples")]
    [InlineData("z", DataType.Fp32, new long[] { 1, 3 }, "'z'")]
    [InlineData("x", DataType.Fp64, new long[] { 1, 3 }, "FP64")]
    public async Task Input_of_another_kind_is_refused(string name, DataType type, long[] shape, string part)
    {
        var predictor = new RowSumPredictor();
        await using var batcher = new Batcher(predictor, new BatchingOptions(), TimeProvider.System);
        using var input = new TensorBuffers([new TensorSpec(name, type, shape)]);
        input[0].Reshape(shape);
        (await Should.ThrowAsync<InputException>(async () => await batcher.RunAsync(input, predictor.Info.NewOutput()))).Message.ShouldContain(part);
    }

    [Fact]
    public async Task A_steady_request_allocates_nothing()
    {
        var predictor = new RowSumPredictor();
        await using var batcher = new Batcher(predictor, new BatchingOptions(), TimeProvider.System);
        predictor.Batches.Capacity = 10_000;
        using TensorBuffers input = predictor.Input(1, 2, 3), output = predictor.Info.NewOutput();
        await Task.Run(() =>
        {
            Ask(1000);
            // The least of several: the count is the process's, and other tests run beside this one.
            long least = long.MaxValue;
            for (int i = 0; i < 200 && least >= 1000 * 8; i++)
            {
                long before = GC.GetTotalAllocatedBytes(precise: true);
                Ask(1000);
                least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
            }
            least.ShouldBeLessThan(1000 * 8);
        });

        void Ask(int times)
        {
            for (int i = 0; i < times; i++)
            {
                ValueTask answer = batcher.RunAsync(input, output);
                while (!answer.IsCompleted)
                    Thread.Yield();
                answer.GetAwaiter().GetResult();
            }
        }
    }

    private static Task<float[]> Ask(Batcher batcher, RowSumPredictor predictor, params float[] values) => Ask(batcher, predictor, default, values);

    private static async Task<float[]> Ask(Batcher batcher, RowSumPredictor predictor, CancellationToken stop, params float[] values)
    {
        using TensorBuffers input = predictor.Input(values), output = predictor.Info.NewOutput();
        await batcher.RunAsync(input, output, stop);
        return output[0].As<float>().ToArray();
    }

    // One request that is held in the predictor, and others behind it in the queue.
    private static async Task<Task<float[]>[]> Crowd(Batcher batcher, RowSumPredictor predictor, Gate gate, int waiting)
    {
        Task<float[]> first = Ask(batcher, predictor, 0, 0, 0);
        gate.WaitUntilReached();
        Task<float[]>[] others = [.. Enumerable.Range(0, waiting).Select(i => Ask(batcher, predictor, i, i, i))];
        await Task.Yield();
        batcher.Pending.ShouldBe(waiting + 1);
        return [first, .. others];
    }
}
