using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sarsen.Data.BadRows;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Statistics;

/// <summary>What is known of a table's columns after one reading, in memory that does not grow with the rows.</summary>
/// <param name="Rows">Rows that were read.</param>
/// <param name="Columns">One for each column.</param>
/// <param name="BadRows">What was left out.</param>
public sealed record DataStatistics(long Rows, IReadOnlyList<ColumnStatistics> Columns, BadRowReport BadRows)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>Reads all rows of <paramref name="source"/> once.</summary>
    /// <exception cref="DataException">The data is not what the source says.</exception>
    public static DataStatistics Of(IRowSource source, CancellationToken stop = default)
    {
        ColumnAccumulator[] columns = [.. source.Schema.Columns.Select(ColumnAccumulator.Of)];
        long rows = 0;
        foreach (RowBlock block in source.Read(stop))
        {
            rows += block.Count;
            for (int i = 0; i < columns.Length; i++)
                columns[i].Add(block.Columns[i]);
        }
        return new DataStatistics(rows, [.. columns.Select(c => c.Result())], source.BadRows);
    }

    /// <summary>For programs: keys in snake_case, what a column does not have left out.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>For people: see <see cref="StatisticsText"/>.</summary>
    public override string ToString() => StatisticsText.Write(this);
}
