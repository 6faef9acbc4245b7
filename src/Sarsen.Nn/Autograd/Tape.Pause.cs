using Sarsen.Tensors;

namespace Sarsen.Nn.Autograd;

public sealed partial class Tape
{
    /// <summary>
    /// Notes nothing until the result is disposed, whichever tape the open scope has: what is computed meanwhile is a constant to
    /// backward, PyTorch's no_grad. Nothing happens outside a scope, or without a tape.
    /// <code>using (Tape.Pause()) { Tensor target = teacher.Call(x); }</code>
    /// </summary>
    public static Paused Pause() => new(ScopeFrame.Current);

    /// <summary>A pause, which ends when it is disposed.</summary>
    public readonly ref struct Paused
    {
        private readonly ScopeFrame? _frame;
        private readonly ITape? _tape;

        internal Paused(ScopeFrame? frame)
        {
            (_frame, _tape) = (frame, frame?.Tape);
            frame?.Use(null);
        }

        public void Dispose() => _frame?.Use(_tape);
    }
}
