using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Sarsen.Data.Preprocessing;

/// <summary>
/// Checks the settings of a step that no spec reader has checked, since it was made in C# or read from a model: the
/// attributes on its properties (a range of a list is that of its items) and its own rules.
/// </summary>
internal static class StepCheck
{
    /// <exception cref="DataException">A setting is not valid.</exception>
    public static void Check(PreprocessStep step)
    {
        foreach (PropertyInfo property in step.GetType().GetProperties())
        {
            object? value = property.GetValue(step);
            foreach (ValidationAttribute attribute in property.GetCustomAttributes<ValidationAttribute>())
            {
                bool each = attribute is RangeAttribute && value is IEnumerable and not string;
                if (each ? !((IEnumerable)value!).Cast<object>().All(attribute.IsValid) : !attribute.IsValid(value))
                    throw new DataException($"{step.Word}: {attribute.FormatErrorMessage(property.Name)}");
            }
        }
        if (step is IValidatableObject rules && rules.Validate(new ValidationContext(step)).FirstOrDefault() is { } broken)
            throw new DataException($"{step.Word}: {broken.ErrorMessage}");
    }
}
