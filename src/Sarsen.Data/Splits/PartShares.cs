namespace Sarsen.Data.Splits;

/// <summary>
/// Deals consecutive positions to the parts, evenly: of any run of n positions, a part of share s gets s · n, one more or
/// less. Of all N, the test part gets ⌊N · test + 1/2⌋ and the validation part ⌊(N - those) · validation / (1 - test) + 1/2⌋.
/// </summary>
internal readonly struct PartShares
{
    private readonly double _test, _validation;

    public PartShares(double train, double validation, double test)
    {
        double sum = train + validation + test;
        _test = test / sum;
        _validation = validation / (train + validation);
    }

    public Part Of(long position)
    {
        long test = Dealt(position, _test);
        if (Dealt(position + 1, _test) > test)
            return Part.Test;
        long rest = position - test;
        return Dealt(rest + 1, _validation) > Dealt(rest, _validation) ? Part.Validation : Part.Training;
    }

    private static long Dealt(long positions, double share) => (long)Math.Floor(positions * share + 0.5);
}
