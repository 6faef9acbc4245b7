using System.Globalization;
using System.Text;

namespace Sarsen.Server.Features.Metrics;

/// <summary>The Prometheus text format 0.0.4.</summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();
    private string _family = "";

    /// <summary>Begins a family; its samples follow.</summary>
    /// <param name="name">Base units; counters end in <c>_total</c>.</param>
    /// <param name="type">counter, gauge, histogram or summary.</param>
    /// <param name="help">One line.</param>
    public void Family(string name, string type, string help)
    {
        _family = name;
        _text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
    }

    /// <summary>A sample of the family.</summary>
    public void Sample(double value, params ReadOnlySpan<(string Name, string Value)> labels) => Sample("", value, labels);

    /// <summary>A sample whose name is the family's with a suffix: <c>_bucket</c>, <c>_sum</c>, <c>_count</c>.</summary>
    public void Sample(string suffix, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(_family).Append(suffix);
        for (int i = 0; i < labels.Length; i++)
        {
            string escaped = labels[i].Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(escaped).Append('"');
        }
        if (labels.Length > 0)
            _text.Append('}');
        _text.Append(' ').Append(Number(value)).Append('\n');
    }

    public override string ToString() => _text.ToString();

    /// <summary>A number as the format writes it: <c>NaN</c>, <c>+Inf</c>.</summary>
    public static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString(CultureInfo.InvariantCulture);
}
