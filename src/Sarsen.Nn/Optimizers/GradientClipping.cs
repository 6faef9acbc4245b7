using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Optimizers;

/// <summary>
/// Keeps gradients small between backward and step. Norms combine in f64 in one order, so the bits do not depend on
/// the number of threads. Allocates nothing.
/// </summary>
public static class GradientClipping
{
    extension(Optimizer optimizer)
    {
        /// <summary>√Σ g² over the gradients of all parameters; not finite where a gradient is not.</summary>
        public double GradientNorm(Workers? workers = null) => Math.Sqrt(optimizer.SquaredGradients(workers ?? Workers.Shared));

        /// <summary>
        /// g ← g · min(1, maxNorm / (norm + 1e-6)), the norm being that of all gradients together; PyTorch's
        /// clip_grad_norm_ (Pascanu et al., 2013). Gradients whose norm is not finite stay as they are: look at what is
        /// returned before the step.
        /// </summary>
        /// <param name="maxNorm">Above zero.</param>
        /// <param name="workers">Who computes; the whole worker set when null.</param>
        /// <returns>The norm before clipping.</returns>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxNorm"/> is not above zero.</exception>
        public double ClipGradientNorm(double maxNorm, Workers? workers = null)
        {
            CheckLimit(maxNorm, nameof(maxNorm));
            double norm = optimizer.GradientNorm(workers);
            double scale = maxNorm / (norm + 1e-6);
            if (double.IsFinite(norm) && scale < 1)
                optimizer.MapGradients(workers ?? Workers.Shared, new Affine(scale, 0));
            return norm;
        }

        /// <summary>g ← max(-limit, min(limit, g)), element by element; PyTorch's clip_grad_value_. NaN stays.</summary>
        /// <param name="limit">Above zero.</param>
        /// <param name="workers">Who computes; the whole worker set when null.</param>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is not above zero.</exception>
        public void ClipGradientValues(double limit, Workers? workers = null)
        {
            CheckLimit(limit, nameof(limit));
            optimizer.MapGradients(workers ?? Workers.Shared, new Clamp((float)-limit, (float)limit));
        }
    }

    private static void CheckLimit(double limit, string name)
    {
        if (!(limit > 0))
            throw new ArgumentOutOfRangeException(name, limit, "the limit of gradients is above zero");
    }
}
