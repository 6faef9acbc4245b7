using System.Text.Json;
using Sarsen.Serving;
using Sarsen.Serving.Buffers;

namespace Sarsen.Server.Features.Inference;

/// <summary>
/// Brings a request's tensors to a predictor: as they are, where they are named as its inputs; through the preprocessing,
/// where they are named as the fields of its rows.
/// </summary>
internal static class InputBinding
{
    /// <param name="request">The request; its tensors are used where they are the predictor's.</param>
    /// <param name="info">The predictor.</param>
    /// <param name="encoder">Its preprocessing.</param>
    /// <param name="encoded">Filled where the request holds rows.</param>
    /// <returns>The request's tensors, or <paramref name="encoded"/>.</returns>
    /// <exception cref="InputException">The names are neither.</exception>
    public static TensorBuffers Bind(InferRequest request, PredictorInfo info, IRowEncoder? encoder, TensorBuffers encoded)
    {
        if (request.Tensors.TryArrange(info.Inputs))
            return request.Tensors;
        string? unknown = request.Tensors.Select(t => t.Name).FirstOrDefault(n => encoder is null || !encoder.Fields.Any(f => f.Column.Name == n));
        if (encoder is null || unknown is not null)
        {
            throw new InputException(
                $"the inputs {string.Join(", ", request.Tensors.Select(t => $"'{t.Name}'"))} are not those of '{info.Name}': it takes {string.Join(", ", info.Inputs)}" +
                (encoder is null ? "" : $", or a row's fields {string.Join(", ", encoder.Fields.Select(f => f.Column.Name))}"));
        }
        using JsonDocument rows = RowsOf(request.Tensors);
        encoder.Encode(rows.RootElement, encoded);
        return encoded;
    }

    /// <summary>Columns to rows: an array of objects of fields and values. A number that is none (NaN) is a missing value.</summary>
    private static JsonDocument RowsOf(TensorBuffers columns)
    {
        long rows = columns[0].Shape.Length == 0 ? 0 : columns[0].Shape[0];
        if (rows == 0 || columns.Any(c => c.Shape.Length == 0 || c.Shape[0] != rows))
            throw new InputException("the first dimension of each field must be the number of rows, the same for all and at least 1");
        var text = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
        {
            var cells = columns.Select(c => new CellWriter(c)).ToArray();
            json.WriteStartArray();
            for (long row = 0; row < rows; row++)
            {
                json.WriteStartObject();
                foreach (CellWriter cell in cells)
                    cell.WriteNext(json);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return JsonDocument.Parse(text.WrittenMemory);
    }

    private sealed class CellWriter(TensorBuffer column)
    {
        // [rows] and [rows, 1] hold one value a row; more dimensions, or a longer one, an array.
        private readonly bool _single = column.Elements == column.Shape[0];
        private readonly long _perRow = column.Elements / column.Shape[0];
        private int _offset;

        public void WriteNext(Utf8JsonWriter json)
        {
            json.WritePropertyName(column.Name);
            if (_single)
                _offset += ElementText.Write(json, column.Type, column.Bytes[_offset..], nonFinite: NonFinite.Null);
            else
                WriteArray(json, 1, _perRow);
        }

        private void WriteArray(Utf8JsonWriter json, int dimension, long elements)
        {
            json.WriteStartArray();
            long count = column.Shape[dimension];
            for (long i = 0; i < count; i++)
            {
                if (dimension == column.Shape.Length - 1)
                    _offset += ElementText.Write(json, column.Type, column.Bytes[_offset..], nonFinite: NonFinite.Null);
                else
                    WriteArray(json, dimension + 1, elements / count);
            }
            json.WriteEndArray();
        }
    }
}
