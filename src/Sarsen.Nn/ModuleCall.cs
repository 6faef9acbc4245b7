using Sarsen.Tensors;

namespace Sarsen.Nn;

/// <summary>An open call of a module, between <see cref="Module.BeginCall"/> and <see cref="Module.EndCall"/>.</summary>
public readonly struct ModuleCall
{
    internal Module? Outer { get; init; }

    internal ArenaMark Mark { get; init; }
}
