using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Sarsen.Data.Preprocessing;

/// <summary>
/// Checks the settings of a record that no spec reader has checked, since it was made in C# or read from a model: the
/// attributes on its properties (a range of a list is that of its items) and its own rules.
/// </summary>
internal static class SettingsCheck
{
    /// <param name="settings">The record.</param>
    /// <param name="word">What messages begin with.</param>
    /// <exception cref="DataException">A setting is not valid.</exception>
    public static void Check(object settings, string word)
    {
        foreach (PropertyInfo property in settings.GetType().GetProperties())
        {
            object? value = property.GetValue(settings);
            foreach (ValidationAttribute attribute in property.GetCustomAttributes<ValidationAttribute>())
            {
                bool each = attribute is RangeAttribute && value is IEnumerable and not string;
                if (each ? !((IEnumerable)value!).Cast<object>().All(attribute.IsValid) : !attribute.IsValid(value))
                    throw new DataException($"{word}: {attribute.FormatErrorMessage(property.Name)}");
            }
        }
        if (settings is IValidatableObject rules && rules.Validate(new ValidationContext(settings)).FirstOrDefault() is { } broken)
            throw new DataException($"{word}: {broken.ErrorMessage}");
    }
}
