namespace Sarsen.Models.Tests.Decoders;

/// <summary>A theory of the slow tier that asks llama.cpp, and skips with the reason where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LlamaCppTheoryAttribute : TheoryAttribute
{
    public LlamaCppTheoryAttribute() =>
        Skip = Environment.GetEnvironmentVariable("SARSEN_TEST_TIER") != "slow" ? "slow tier: run ./test --slow" : LlamaCpp.WhyMissing;
}
