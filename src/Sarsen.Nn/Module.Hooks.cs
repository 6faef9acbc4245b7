using Sarsen.Nn.Autograd;
using Sarsen.Tensors;

namespace Sarsen.Nn;

/// <summary>Sees the call of a module, and gives the result that counts: <paramref name="output"/>, or another.</summary>
public delegate Tensor ForwardHook(Module module, Tensor input, Tensor output);

/// <summary>
/// Sees the gradient of a module's result while backward runs, and may change its elements in place. Operations cannot run here;
/// copy it out with <see cref="Tensor.ToGc"/>.
/// </summary>
public delegate void GradientHook(Module module, Tensor gradient);

public abstract partial class Module
{
    // Replaced, never changed: a call on another thread sees the old ones or the new.
    private ForwardHook[] _forwardHooks = [];
    private GradientHook[] _gradientHooks = [];
    private GradientHookOp? _gradientHookOp;

    /// <summary>
    /// Calls <paramref name="hook"/> behind each call of this module until the result is disposed; in the order of their adding. In a
    /// shape-only run, which is also what plans are made from, tensors have shapes and no elements; a plan itself calls no hook.
    /// </summary>
    public IDisposable OnForward(ForwardHook hook)
    {
        _forwardHooks = [.. _forwardHooks, hook];
        return new Removal(() => _forwardHooks = Without(_forwardHooks, hook));
    }

    /// <summary>Calls <paramref name="hook"/> with the gradient of each result of this module until the result is disposed.</summary>
    public IDisposable OnGradient(GradientHook hook)
    {
        _gradientHookOp ??= new GradientHookOp(this);
        _gradientHooks = [.. _gradientHooks, hook];
        return new Removal(() => _gradientHooks = Without(_gradientHooks, hook));
    }

    internal void GradientArrived(Tensor gradient)
    {
        foreach (GradientHook hook in _gradientHooks)
            hook(this, gradient);
    }

    private Tensor Hooked(Tensor x, Tensor result)
    {
        foreach (ForwardHook hook in _forwardHooks)
            result = hook(this, x, result);
        return _gradientHooks.Length > 0 && ScopeFrame.Current?.Tape is Tape { IsInference: false } && result.RequiresGrad
            ? _gradientHookOp!.Behind(result)
            : result;
    }

    private static T[] Without<T>(T[] hooks, T hook) where T : Delegate
    {
        int at = Array.IndexOf(hooks, hook);
        return at < 0 ? hooks : [.. hooks[..at], .. hooks[(at + 1)..]];
    }

    private sealed class Removal(Action remove) : IDisposable
    {
        private Action? _remove = remove;

        public void Dispose() => Interlocked.Exchange(ref _remove, null)?.Invoke();
    }
}
