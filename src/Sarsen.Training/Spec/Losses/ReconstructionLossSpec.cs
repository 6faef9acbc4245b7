using System.ComponentModel;
using Sarsen.Data.Preprocessing;
using Sarsen.Nn.Losses;
using Sarsen.Training.Tasks;

namespace Sarsen.Training.Spec;

/// <summary>How a reconstruction is compared with the input.</summary>
public enum ReconstructionError
{
    /// <summary>Mean squared error.</summary>
    Mse,

    /// <summary>Mean absolute error.</summary>
    L1,

    /// <summary>Binary cross-entropy of logits with inputs from 0 to 1; predictions are their sigmoids.</summary>
    Bce,
}

/// <summary>Learning without labels: the input is the target, as for autoencoders.</summary>
[Description("Learning without labels: the network is to give its input again, as the presets autoencoder and conv_autoencoder do.")]
[DefaultProperty(nameof(Error))]
public sealed record ReconstructionLossSpec : LossSpec
{
    [Description("The error between the two: mse, l1, or bce for inputs from 0 to 1 (a sigmoid at the end is fused with it).")]
    public ReconstructionError Error { get; init; }

    public override TargetKind Target => TargetKind.None;

    public override Loss Create() => Error switch
    {
        ReconstructionError.L1 => new L1Loss(),
        ReconstructionError.Bce => new BceWithLogitsLoss(),
        _ => new MseLoss(),
    };

    public override LearningTask Task(Pipeline pipeline) => ReconstructionTask.Of(pipeline, Error == ReconstructionError.Bce);
}
