using System.ComponentModel;

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
        new Choice("nll", typeof(NllLossSpec)));
}

[Description("Mean squared error: 1/m Σ (y − y')².")]
public sealed record MseLossSpec : LossSpec;

[Description("Half the mean squared error: 1/2m Σ (y − y')².")]
public sealed record HalfMseLossSpec : LossSpec;

[Description("Mean absolute error: 1/m Σ |y − y'|.")]
public sealed record L1LossSpec : LossSpec;
