using System.CommandLine;
using Sarsen.Nn;

namespace Sarsen.Commands;

/// <summary><c>--kv</c>: how a language model's keys and values are cached.</summary>
internal sealed class KvOption : Option<KvType>
{
    public KvOption()
        : base("--kv")
    {
        Description = "How keys and values are cached: f32 exactly, f16 in half the memory, q8_0 in little more than a quarter.";
        HelpName = "type";
        DefaultValueFactory = _ => KvType.F16;
        AcceptOnlyFromAmong([.. Enum.GetNames<KvType>().Select(n => n.ToLowerInvariant())]);
    }
}
