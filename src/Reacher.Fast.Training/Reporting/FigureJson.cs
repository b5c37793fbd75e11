using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Reacher.Fast.Training.Reporting;

/// <summary>
/// Writes and reads the figures that a record holds in one property as one JSON property each, in the same place and named as the table of
/// figures says. In the file they are keys beside the others; in the code they are one table.
/// </summary>
internal static class FigureJson
{
    /// <summary>
    /// <paramref name="style"/>, with the figures of a <typeparamref name="T"/> spread out. Another property of a figure's name gives way
    /// to the figure.
    /// </summary>
    /// <param name="style">The style of everything else.</param>
    /// <param name="property">The name of the property that holds them, as C# has it.</param>
    /// <param name="figures">Which figures, in their order.</param>
    /// <param name="read">The figure's value; null leaves it out or writes null, as the style says.</param>
    /// <param name="write">Takes a value that was read from JSON; null where none is read.</param>
    public static JsonSerializerOptions Spread<T>(
        JsonSerializerOptions style,
        string property,
        IReadOnlyList<ProgressFigure> figures,
        Func<T, ProgressFigure, double?> read,
        Action<T, ProgressFigure, double?>? write = null)
    {
        string name = style.PropertyNamingPolicy!.ConvertName(property);
        return new JsonSerializerOptions(style) { TypeInfoResolver = new DefaultJsonTypeInfoResolver().WithAddedModifier(Modify) };

        void Modify(JsonTypeInfo type)
        {
            if (type.Type != typeof(T))
            {
                return;
            }

            JsonPropertyInfo[] others = [.. type.Properties];
            type.Properties.Clear();
            foreach (JsonPropertyInfo other in others)
            {
                if (other.Name == name)
                {
                    AddFigures(type);
                }
                else if (figures.All(figure => figure.Figure.Name != other.Name))
                {
                    type.Properties.Add(other);
                }
            }
        }

        void AddFigures(JsonTypeInfo type)
        {
            foreach (ProgressFigure figure in figures)
            {
                JsonPropertyInfo one = type.CreateJsonPropertyInfo(typeof(double?), figure.Figure.Name);
                one.Get = record => read((T)record, figure);
                one.Set = write is null ? null : (record, value) => write((T)record, figure, (double?)value);
                type.Properties.Add(one);
            }
        }
    }
}
