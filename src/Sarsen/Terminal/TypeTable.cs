using System.Globalization;
using Sarsen.Formats;
using Spectre.Console;

namespace Sarsen.Terminal;

/// <summary>The weights of a model by type.</summary>
internal static class TypeTable
{
    public static void Write(IAnsiConsole console, ModelInspection model)
    {
        Table types = new Table().Border(TableBorder.Simple).AddColumn("type");
        foreach (string name in new[] { "tensors", "elements", "size", "bits each" })
            types.AddColumn(new TableColumn(name).RightAligned());
        foreach (InspectedType type in model.Types)
            types.AddRow(type.Type, Number(type.Tensors), Number(type.Elements), ShapeTable.Bytes(type.Bytes), type.Elements == 0 ? "-" : (8.0 * type.Bytes / type.Elements).ToString("0.##", CultureInfo.InvariantCulture));
        console.Write(types);
    }

    private static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
