using Sarsen.Data.Tables;

namespace Sarsen.Data.Statistics;

/// <summary>What is known of a column; the parts that its type does not have are null.</summary>
/// <param name="Name">The column.</param>
/// <param name="Type">Its type.</param>
/// <param name="Count">Values that are not missing.</param>
/// <param name="Missing">Values that are missing.</param>
public sealed record ColumnStatistics(string Name, ColumnType Type, long Count, long Missing)
{
    /// <summary>Different values; not for arrays.</summary>
    public DistinctValues? Distinct { get; init; }

    /// <summary>For Number and Integer.</summary>
    public NumberStatistics? Numbers { get; init; }

    /// <summary>For Time.</summary>
    public TimeStatistics? Times { get; init; }

    /// <summary>For Text.</summary>
    public TextStatistics? Texts { get; init; }

    /// <summary>For Text, Boolean and Integer.</summary>
    public MostFrequent? Frequent { get; init; }

    /// <summary>For Array.</summary>
    public ArrayStatistics? Arrays { get; init; }
}

/// <param name="Count">How many different values there are.</param>
/// <param name="Exact">Whether it is counted; above 65,536 it is estimated with a standard error of 0.81 %.</param>
public sealed record DistinctValues(long Count, bool Exact);

/// <param name="Low">Of the sorted values a quarter lies below.</param>
/// <param name="Median">The middle.</param>
/// <param name="High">A quarter lies above.</param>
/// <param name="Exact">Whether all values took part; above 65,536 a sample of that many did.</param>
public sealed record Quartiles(double Low, double Median, double High, bool Exact);

/// <summary>Of the finite values; null without any.</summary>
/// <param name="Min">The least.</param>
/// <param name="Max">The greatest.</param>
/// <param name="Mean">The mean.</param>
/// <param name="StandardDeviation">Of the sample (n − 1); null for fewer than two values.</param>
/// <param name="Quartiles">The quartiles.</param>
/// <param name="NonFinite">How many values are NaN or infinite.</param>
public sealed record NumberStatistics(double? Min, double? Max, double? Mean, double? StandardDeviation, Quartiles? Quartiles, long NonFinite);

/// <param name="Earliest">The first moment, UTC.</param>
/// <param name="Latest">The last.</param>
public sealed record TimeStatistics(DateTimeOffset Earliest, DateTimeOffset Latest);

/// <param name="Shortest">Length of the shortest text, in UTF-16 units.</param>
/// <param name="Longest">Of the longest.</param>
/// <param name="MeanLength">The mean.</param>
public sealed record TextStatistics(int Shortest, int Longest, double MeanLength);

/// <param name="Value">The value as text.</param>
/// <param name="Count">How often it occurs.</param>
public sealed record ValueCount(string Value, long Count);

/// <summary>The most frequent values; texts of more than 128 characters are left aside.</summary>
/// <param name="Values">By falling count, at most ten.</param>
/// <param name="Error">By how much each count may be too low; 0: they are exact.</param>
public sealed record MostFrequent(IReadOnlyList<ValueCount> Values, long Error);

/// <summary>Of all elements of all rows.</summary>
/// <param name="Shape">The shape of one row's tensor.</param>
/// <param name="ElementType">Its element type.</param>
/// <param name="Min">The least finite element; null without any.</param>
/// <param name="Max">The greatest.</param>
/// <param name="Mean">The mean.</param>
/// <param name="StandardDeviation">Of the sample (n − 1).</param>
/// <param name="NonFinite">How many elements are NaN or infinite.</param>
public sealed record ArrayStatistics(
    IReadOnlyList<long> Shape, Tensors.DType ElementType, double? Min, double? Max, double? Mean, double? StandardDeviation, long NonFinite);
