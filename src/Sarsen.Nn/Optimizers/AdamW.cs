namespace Sarsen.Nn.Optimizers;

/// <summary>
/// <see cref="Adam"/> whose weight decay acts on the weights and not through the gradient: p ← p - lr λ p before the
/// step; PyTorch's AdamW (Loshchilov and Hutter, 2019).
/// </summary>
/// <param name="module">Whose trained parameters are changed.</param>
/// <param name="beta1">The decay of the mean of the gradient, at least 0 and below 1.</param>
/// <param name="beta2">The decay of its mean square, at least 0 and below 1.</param>
/// <param name="eps">Added to the denominator.</param>
/// <param name="weightDecay">λ: the part of each weight taken away a step, times the learning rate.</param>
/// <param name="amsgrad">Divide by the largest mean square so far.</param>
/// <param name="groups">Parameters that are treated otherwise; null for none.</param>
/// <exception cref="ArgumentException">A constant is out of range, a group is of no use, or nothing is trained.</exception>
public sealed class AdamW(Module module, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 1e-2, bool amsgrad = false,
    IReadOnlyList<ParameterGroup>? groups = null)
    : Adam(module, beta1, beta2, eps, weightDecay, amsgrad, groups, decoupled: true);
