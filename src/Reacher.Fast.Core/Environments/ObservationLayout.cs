using System.Globalization;
using System.Text.Json.Serialization;
using Reacher.Fast.Core.Batch;

namespace Reacher.Fast.Core.Environments;

/// <summary>
/// How an observation is put together: what each sensor gives, flattened with its last dimension running fastest, one sensor after another. A
/// policy sees the numbers alone; an exported model has an input for each sensor, because a Unity scene asks for that.
/// </summary>
/// <param name="Shapes">Each sensor's sizes: [n] for a vector, [rows, columns] for a list of entities.</param>
public sealed record ObservationLayout(IReadOnlyList<IReadOnlyList<int>> Shapes)
{
    private const char BetweenSensors = ';';
    private const char BetweenSizes = 'x';

    /// <summary>The numbers in an observation.</summary>
    [JsonIgnore]
    public int Size => Shapes.Sum(SizeOf);

    /// <summary>Whether there is one sensor, which gives a vector.</summary>
    [JsonIgnore]
    public bool IsVector => Shapes is [[_]];

    /// <summary>The layout of one vector of <paramref name="size"/> numbers.</summary>
    public static ObservationLayout OfVector(int size) => new([[size]]);

    /// <summary>The numbers that a sensor of this shape gives.</summary>
    public static int SizeOf(IReadOnlyList<int> shape) => shape.Aggregate(1, (size, length) => checked(size * length));

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <returns>Null if <paramref name="text"/> is nothing of the kind, or is of no observation that can be trained.</returns>
    public static ObservationLayout? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var shapes = new List<IReadOnlyList<int>>();
        long numbers = 0;
        foreach (string sensor in text.Split(BetweenSensors))
        {
            var shape = new List<int>();
            long size = 1;
            foreach (string length in sensor.Split(BetweenSizes))
            {
                if (!int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) ||
                    parsed < 1 || (size *= parsed) > TransitionSpec.MaximumSize)
                {
                    return null;
                }

                shape.Add(parsed);
            }

            numbers += size;
            shapes.Add(shape);
        }

        return numbers <= TransitionSpec.MaximumSize ? new ObservationLayout(shapes) : null;
    }

    /// <summary>The sizes as text: <c>2;3;20x4</c>.</summary>
    public override string ToString() => string.Join(
        BetweenSensors, Shapes.Select(shape => string.Join(BetweenSizes, shape.Select(length => length.ToString(CultureInfo.InvariantCulture)))));

    /// <inheritdoc/>
    public bool Equals(ObservationLayout? other) =>
        other is not null && Shapes.Count == other.Shapes.Count && Shapes.Zip(other.Shapes).All(pair => pair.First.SequenceEqual(pair.Second));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Shapes.Count, Size);
}
