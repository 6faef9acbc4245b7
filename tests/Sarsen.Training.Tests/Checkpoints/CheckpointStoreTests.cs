using Sarsen.Nn.Layers;
using Sarsen.Nn.Optimizers;
using Sarsen.Training.Checkpoints;
using Sarsen.Training.Runs;
using Sarsen.Training.Trainers;

namespace Sarsen.Training.Tests.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly Sequential _module = new(new Linear(3, 2), new Linear(2, 1));
    private readonly Adam _optimizer;

    public CheckpointStoreTests()
    {
        _module.Initialize(1);
        _optimizer = new Adam(_module);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Checkpoints => Path.Combine(_folder, "checkpoints");

    private CheckpointStore Store(int keep = 2) => new(Checkpoints, keep);

    private static string[] Bytes(IEnumerable<Sarsen.Tensors.Tensor> tensors) => [.. tensors.Select(t => Convert.ToHexString(t.Bytes))];

    private static TrainingState After(int epochs)
    {
        var state = new TrainingState();
        for (int e = 0; e < epochs; e++)
        {
            state.Advance(0.1 * (e + 1), 7);
            state.EndEpoch(new EpochRecord(e + 1, e + 1, 1e-3, 0.1, 0.25, null), ended: false);
        }
        state.Advance(1.0 / 3, 5);
        return state;
    }

    [Fact]
    public void Weights_memory_and_state_come_back_bit_for_bit()
    {
        foreach ((_, Sarsen.Tensors.Tensor value) in _optimizer.State())
            value.Bytes.Fill(0x3C);
        Store().Save(_module, _optimizer, After(2), best: false);
        var module = new Sequential(new Linear(3, 2), new Linear(2, 1));
        var optimizer = new Adam(module);

        Checkpoint checkpoint = Store().Newest((_, _) => Assert.Fail("nothing is damaged"))!;
        checkpoint.LoadInto(module, optimizer);

        Bytes(module.State().Select(s => s.Value)).ShouldBe(Bytes(_module.State().Select(s => s.Value)));
        Bytes(optimizer.State().Select(s => s.Value)).ShouldBe(Bytes(_optimizer.State().Select(s => s.Value)));
        checkpoint.State.ShouldBeEquivalentTo(After(2));
    }

    [Fact]
    public void The_newest_are_kept_and_the_best()
    {
        for (int e = 1; e <= 5; e++)
            Store().Save(_module, _optimizer, After(e), best: e == 2);

        Directory.EnumerateDirectories(Checkpoints).Select(p => Path.GetFileName(p)[..11]).Order().ShouldBe(["epoch-00002", "epoch-00004", "epoch-00005"]);
        Store().Best()!.State.Epoch.ShouldBe(2);
        Store().Newest((_, _) => { })!.State.Epoch.ShouldBe(5);
    }

    [Fact]
    public void A_damaged_one_is_told_and_the_one_before_is_taken()
    {
        Store().Save(_module, _optimizer, After(1), best: false);
        Store().Save(_module, _optimizer, After(2), best: false);
        string file = Path.Combine(Directory.EnumerateDirectories(Checkpoints).Max()!, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        var told = new List<string>();

        Store().Newest((name, why) => told.Add($"{name}: {why}"))!.State.Epoch.ShouldBe(1);

        told.ShouldHaveSingleItem().ShouldContain("the checksum of model.safetensors");
    }

    [Fact]
    public void What_a_killed_process_left_unfinished_is_no_checkpoint()
    {
        Store().Save(_module, _optimizer, After(1), best: false);
        string left = Directory.CreateDirectory(Path.Combine(Checkpoints, "epoch-00009-step-0000000009.writing")).FullName;
        File.WriteAllText(Path.Combine(left, "model.safetensors"), "half");

        Store().Newest((_, _) => Assert.Fail("it is none"))!.State.Epoch.ShouldBe(1);

        Store().Save(_module, _optimizer, After(2), best: false);
        Directory.Exists(left).ShouldBeFalse();
    }

    [Fact]
    public void Another_network_is_refused()
    {
        Store().Save(_module, _optimizer, After(1), best: false);
        var other = new Sequential(new Linear(3, 2), new Linear(2, 1), new Linear(1, 1));

        Should.Throw<RunException>(() => Store().Newest((_, _) => { })!.LoadInto(other, null)).Message.ShouldContain("has no '2.weight'");
    }
}
