namespace Sarsen.Nn.Layers;

/// <summary>The parameters of one recurrent layer.</summary>
/// <param name="InputToHidden">(G·H, in).</param>
/// <param name="HiddenToHidden">(G·H, H).</param>
/// <param name="InputBias">(G·H), or null.</param>
/// <param name="HiddenBias">(G·H), or null.</param>
public sealed record RecurrentWeights(Parameter InputToHidden, Parameter HiddenToHidden, Parameter? InputBias, Parameter? HiddenBias);
