namespace Sarsen.Training.Optimisation;

/// <summary>What a model's weights are made.</summary>
public enum WeightFormat
{
    /// <summary>Stored in half the bytes; computed in f32 as before, with weights rounded to 11 bits.</summary>
    F16,

    /// <summary>Stored as bytes; linear layers and convolutions compute with them, inputs being made bytes too.</summary>
    Int8,
}
