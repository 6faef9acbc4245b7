using Xunit;

namespace Sarsen.Testing;

/// <summary>A theory of the slow tier that asks llama.cpp, and skips with the reason where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LlamaCppTheoryAttribute : TheoryAttribute
{
    public LlamaCppTheoryAttribute(params string[] dataPaths)
    {
        Skip = Environment.GetEnvironmentVariable("SARSEN_TEST_TIER") != "slow" ? "slow tier: run ./test --slow" : LlamaCpp.WhyMissing;
        foreach (string path in dataPaths)
            Skip ??= TestData.WhyMissing(path);
    }
}
