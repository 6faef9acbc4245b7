namespace Sarsen.Models.Decoders;

/// <summary>What a model's weights are read for.</summary>
public enum WeightUse
{
    /// <summary>As f32, to be trained, changed or looked at.</summary>
    Elements,

    /// <summary>As they are stored, in the order in which products read them: to answer, in the least memory and time.</summary>
    Products,
}
