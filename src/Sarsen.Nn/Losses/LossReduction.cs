namespace Sarsen.Nn;

/// <summary>What becomes of the losses of single elements or rows.</summary>
public enum LossReduction
{
    /// <summary>Their mean; weighted, where there are class weights.</summary>
    Mean,
    Sum,

    /// <summary>They stay, one for each row.</summary>
    None,
}
