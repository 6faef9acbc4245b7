using Sarsen.Data.Tables;

namespace Sarsen.Data.Sources.Values;

/// <summary>
/// The type of a column of text fields, from the values of a sample that are not missing. The first that fits all:
/// <list type="number">
/// <item>Boolean: true and false, in any case of letters.</item>
/// <item>Integer: digits with or without a sign, within 64 bits, and no zero before another digit: 007 is a name.</item>
/// <item>Number: decimal numbers, NaN and infinities among them, at least one of them finite and not whole. Whole
/// numbers beyond 64 bits alone are Text: as numbers they would lose digits.</item>
/// <item>Time: moments in ISO 8601 (see <see cref="TimeText"/>).</item>
/// <item>Text; also where no value is there.</item>
/// </list>
/// The result follows from the sample alone; neither names nor the machine's language play a part.
/// </summary>
internal sealed class TypeInference(byte decimalPoint)
{
    private bool _boolean = true, _integer = true, _number = true, _time = true;
    private bool _any, _fractional;

    /// <summary>Adds a value that is not missing.</summary>
    public void Add(ReadOnlySpan<byte> field)
    {
        ReadOnlySpan<byte> text = Ascii.Trim(field);
        _any = true;
        _boolean = _boolean && BooleanText.TryParse(text, out _);
        _time = _time && TimeText.TryParse(text, out _);
        if (!_number)
            return;
        bool isName = HasLeadingZero(text);
        FieldFault whole = IntegerText.Parse(text, out _);
        _integer = _integer && !isName && whole is FieldFault.None;
        if (whole is FieldFault.NotOfType)
        {
            bool finite = NumberText.TryParse(text, decimalPoint, out double value);
            _fractional |= finite;
            _number = (finite && double.IsFinite(value)) || (!finite && NumberText.TryParseNonFinite(text, out _));
        }
        _number &= !isName;
    }

    public ColumnType Result =>
        !_any ? ColumnType.Text
        : _boolean ? ColumnType.Boolean
        : _integer ? ColumnType.Integer
        : _number && _fractional ? ColumnType.Number
        : _time ? ColumnType.Time
        : ColumnType.Text;

    private static bool HasLeadingZero(ReadOnlySpan<byte> text)
    {
        int first = text.Length > 0 && text[0] is (byte)'-' or (byte)'+' ? 1 : 0;
        return text.Length > first + 1 && text[first] == '0' && (uint)(text[first + 1] - '0') <= 9;
    }
}
