namespace Sarsen.Training.Metrics;

/// <summary>
/// An f64 sum whose error does not grow with the number of terms: Neumaier, «Rundungsfehleranalyse einiger Verfahren
/// zur Summation endlicher Summen», 1974.
/// </summary>
internal struct CompensatedSum
{
    private double _sum;
    private double _lost;

    public readonly double Value => _sum + _lost;

    public void Add(double term)
    {
        double sum = _sum + term;
        _lost += Math.Abs(_sum) >= Math.Abs(term) ? _sum - sum + term : term - sum + _sum;
        _sum = sum;
    }

    public void Add(in CompensatedSum other)
    {
        Add(other._sum);
        Add(other._lost);
    }
}
