using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Serialization;

namespace Sarsen.Training.Spec.Types;

/// <summary>
/// Describes records by reflection. A property may be: bool, a whole number, float, double, string, TimeSpan, an enum,
/// any <see cref="IParsable{TSelf}"/>, another record, a choice, and lists or string-keyed maps of these.
/// </summary>
internal sealed class SpecTypes(ChoiceSets sets)
{
    private readonly Dictionary<Type, RecordType> _records = [];
    private readonly Dictionary<ChoiceSet, ChoiceType> _choices = [];
    private readonly NullabilityInfoContext _nullability = new();

    public RecordType Record(Type clr)
    {
        if (_records.TryGetValue(clr, out RecordType? known))
            return known;
        if (clr.IsAbstract || clr.GetConstructor(Type.EmptyTypes) is null)
            throw new ArgumentException($"{clr} cannot stand in a spec: it needs to be a choice set's base, or to have a constructor without parameters");
        var record = new RecordType(clr);
        _records.Add(clr, record);
        object defaults = Activator.CreateInstance(clr)!;
        record.Properties =
        [
            .. clr.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(p => p is { CanWrite: true, CanRead: true } && !p.IsDefined(typeof(JsonIgnoreAttribute)))
                .OrderBy(p => p.GetCustomAttribute<JsonPropertyOrderAttribute>()?.Order ?? 0).ThenBy(p => Depth(p.DeclaringType!)).ThenBy(p => p.MetadataToken)
                .Select(p => Property(p, p.GetValue(defaults))),
        ];
        return record;
    }

    private SpecProperty Property(PropertyInfo property, object? fallback)
    {
        Type? inner = Nullable.GetUnderlyingType(property.PropertyType);
        bool nullable = inner is not null
            || (!property.PropertyType.IsValueType && _nullability.Create(property).WriteState == NullabilityState.Nullable);
        return new SpecProperty(property, Of(inner ?? property.PropertyType, property), nullable, fallback);
    }

    private SpecType Of(Type clr, PropertyInfo property)
    {
        if (clr == typeof(bool))
            return new BooleanType();
        if (clr == typeof(string))
            return new TextType(property.GetCustomAttribute<DataTypeAttribute>()?.CustomDataType == "path");
        if (clr == typeof(TimeSpan))
            return new DurationType();
        if (clr.IsEnum)
            return new EnumType(clr);
        if (IntegerType.Fits(clr))
            return new IntegerType(clr, Bounds.From(property.GetCustomAttribute<RangeAttribute>()));
        if (clr == typeof(double) || clr == typeof(float))
            return new NumberType(clr, Bounds.From(property.GetCustomAttribute<RangeAttribute>()));
        if (clr.IsGenericType && clr.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            return List(clr.GetGenericArguments()[0], property);
        if (clr.IsGenericType && clr.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) && clr.GetGenericArguments()[0] == typeof(string))
            return Make(typeof(MapType<>), clr.GetGenericArguments()[1], Of(clr.GetGenericArguments()[1], property));
        if (sets.Of(clr) is { } set)
            return Choice(set);
        if (clr.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IParsable<>) && i.GetGenericArguments()[0] == clr))
            return Make(typeof(ParsableType<>), clr);
        return Record(clr);
    }

    private SpecType List(Type itemType, PropertyInfo property)
    {
        var length = property.GetCustomAttribute<LengthAttribute>();
        int minimum = length?.MinimumLength ?? property.GetCustomAttribute<MinLengthAttribute>()?.Length ?? 0;
        int maximum = length?.MaximumLength ?? property.GetCustomAttribute<MaxLengthAttribute>()?.Length ?? int.MaxValue;
        return Make(typeof(ListType<>), itemType, Of(itemType, property), minimum, maximum);
    }

    private ChoiceType Choice(ChoiceSet set)
    {
        if (_choices.TryGetValue(set, out ChoiceType? known))
            return known;
        var choice = new ChoiceType(set);
        _choices.Add(set, choice);
        choice.Records = set.Choices.ToDictionary(c => c, c => Record(c.Type));
        foreach ((Choice one, RecordType record) in choice.Records)
        {
            // A map after the word is always the settings, so a value alone must never be one.
            if (ChoiceSet.Shorthand(one.Type) is { } name && record.Properties.FirstOrDefault(p => p.ClrName == name)?.Type is null or RecordType or ChoiceType or MapType<string>)
                throw new ArgumentException($"the default property '{name}' of {one.Type} must be one of its properties and hold a single value or a list");
        }
        return choice;
    }

    private static SpecType Make(Type open, Type argument, params object[] arguments) =>
        (SpecType)Activator.CreateInstance(open.MakeGenericType(argument), arguments)!;

    // A base record's properties come first, whatever order reflection has them in.
    private static int Depth(Type type) => type.BaseType is { } parent ? 1 + Depth(parent) : 0;
}
