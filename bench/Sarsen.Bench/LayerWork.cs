using Sarsen.Nn;
using Sarsen.Nn.Autograd;
using Sarsen.Tensors;

namespace Sarsen.Bench;

/// <summary>Forward and backward of one layer while training: from a batch, and from the gradient of its result to all others.</summary>
internal sealed class LayerWork : Work
{
    private readonly Module _layer;
    private readonly Tensor _x;
    private readonly Tensor _dy;
    private readonly Tape _tape = new();
    private readonly Arena _arena = new();
    private long _step;

    public LayerWork(LayerSubject subject)
    {
        _layer = subject.Make();
        _layer.Initialize(seed: 1);
        _x = subject.Batch();
        Shape result;
        using (_arena.Begin(Mode.Training, rng: new Rng(1, "step")))
            result = _layer.Call(_x).Shape;
        _dy = LayerSubject.Normal(new Rng(2, "gradient"), result);
    }

    public override void Run()
    {
        _layer.ZeroGrad();
        _x.ZeroGrad();
        using (_arena.Begin(Mode.Training, _tape, new Rng(1, "step", _step++)))
            _tape.Backward(_layer.Call(_x), _dy);
    }

    /// <summary>What comes out, and how much is trained.</summary>
    public override string Check() => $"{string.Join('x', _dy.Shape.AsSpan().ToArray())}, {_layer.Parameters().Sum(p => p.Value.Count)} weights";

    public override void Dispose() => _arena.Dispose();
}
