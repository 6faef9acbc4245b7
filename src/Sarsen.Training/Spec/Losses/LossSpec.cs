using System.ComponentModel;
using Sarsen.Data.Preprocessing;
using Sarsen.Nn.Losses;
using Sarsen.Training.Runs;
using Sarsen.Training.Tasks;

namespace Sarsen.Training.Spec;

/// <summary>What training makes small. Names and defaults are those of <c>torch.nn</c>, Keras's names are aliases.</summary>
public abstract record LossSpec
{
    /// <summary>All losses: a new one is a record beside this file and a line here.</summary>
    public static ChoiceSet Choices { get; } = new("loss", typeof(LossSpec),
        new Choice("mse", typeof(MseLossSpec), "mean_squared_error"),
        new Choice("half_mse", typeof(HalfMseLossSpec)),
        new Choice("l1", typeof(L1LossSpec), "mae", "mean_absolute_error"),
        new Choice("huber", typeof(HuberLossSpec)),
        new Choice("cross_entropy", typeof(CrossEntropyLossSpec), "sparse_categorical_crossentropy", "categorical_crossentropy"),
        new Choice("bce_with_logits", typeof(BceWithLogitsLossSpec), "binary_crossentropy", "binary_cross_entropy", "bce"),
        new Choice("focal", typeof(FocalLossSpec), "categorical_focal_crossentropy"),
        new Choice("binary_focal", typeof(BinaryFocalLossSpec), "binary_focal_crossentropy", "sigmoid_focal_loss"),
        new Choice("poisson_nll", typeof(PoissonNllLossSpec), "poisson"),
        new Choice("nll", typeof(NllLossSpec)),
        new Choice("reconstruction", typeof(ReconstructionLossSpec)),
        new Choice("next_token", typeof(NextTokenLossSpec)));

    /// <summary>Whether the target columns are classes or values, or none is looked at.</summary>
    public abstract TargetKind Target { get; }

    public abstract Loss Create();

    /// <summary>What a network that makes this loss small learns.</summary>
    /// <exception cref="RunException">The data's target is nothing this loss is for.</exception>
    public abstract LearningTask Task(Pipeline pipeline);
}

/// <summary>A loss between values.</summary>
public abstract record ValueLossSpec : LossSpec
{
    public sealed override TargetKind Target => TargetKind.Values;

    public override LearningTask Task(Pipeline pipeline) => new RegressionTask(pipeline);
}

[Description("Mean squared error: 1/m Σ (y − y')².")]
public sealed record MseLossSpec : ValueLossSpec
{
    public override Loss Create() => new MseLoss();
}

[Description("Half the mean squared error: 1/2m Σ (y − y')².")]
public sealed record HalfMseLossSpec : ValueLossSpec
{
    public override Loss Create() => new HalfMseLoss();
}

[Description("Mean absolute error: 1/m Σ |y − y'|.")]
public sealed record L1LossSpec : ValueLossSpec
{
    public override Loss Create() => new L1Loss();
}
