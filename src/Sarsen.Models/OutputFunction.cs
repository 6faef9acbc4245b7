namespace Sarsen.Models;

/// <summary>
/// What turns a network's last result into what it predicts. Losses that contain the function are trained on the
/// result before it; predictions are what comes after.
/// </summary>
public enum OutputFunction
{
    /// <summary>The result itself.</summary>
    None,

    /// <summary>Logits to class probabilities, over the last dimension.</summary>
    Softmax,

    /// <summary>A logit to the probability of each output.</summary>
    Sigmoid,

    /// <summary>Log-probabilities to probabilities.</summary>
    Exp,
}
