using Xunit;

namespace Sarsen.Testing;

/// <summary>A fact of the slow tier: runs under <c>./test --slow</c>, which sets <c>SARSEN_TEST_TIER=slow</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public class SlowFactAttribute : FactAttribute
{
    public SlowFactAttribute(params string[] dataPaths)
    {
        if (Environment.GetEnvironmentVariable("SARSEN_TEST_TIER") != "slow")
            Skip = "slow tier: run ./test --slow";
        foreach (string path in dataPaths)
            Skip ??= TestData.WhyMissing(path);
    }
}
