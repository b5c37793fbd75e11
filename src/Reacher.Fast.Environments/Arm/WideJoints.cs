using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Vectors;
using static Reacher.Fast.Environments.Arm.ArmModel;

namespace Reacher.Fast.Environments.Arm;

/// <summary>
/// The two joints at the start of a step, brought into the form in which the solver's iterations are cheapest.
/// With J_e and J_s the 4x12 Jacobians of elbow and shoulder and W the inverse masses, the reference repeats
/// <c>v -= W J_e^T (J_e W J_e^T)^-1 (J_e v + bias C_e)</c> and the same for s. Both corrections stay in the span of the columns of
/// <c>W J^T</c>, so it is enough to follow the residuals <c>e = J_e v + bias C_e</c> and <c>s</c>, four numbers each: solving the
/// elbow sets e to 0 and takes <c>A_se A_ee^-1 e</c> from s, with <c>A_xy = J_x W J_y^T</c>. Factoring <c>A_ee = L_e L_e^T</c> and
/// measuring <c>e' = L_e^-1 e</c> makes that <c>s' -= B e'</c>, and the shoulder's turn <c>e' -= B^T s'</c>, with
/// <c>B = L_s^-1 A_se L_e^-T</c>. The same iterates as the reference's, in exact arithmetic.
/// </summary>
/// <typeparam name="T">The vector width.</typeparam>
internal unsafe struct WideJoints<T>
    where T : unmanaged, ISimd<T>
{
    private const double LowerElbow = ElbowOffset + LowerMassCentre;

    public Wide3<T> AxisA;        // y axes: the inertia's axes
    public Wide3<T> AxisB;
    public Wide3<T> ShoulderLever;
    public Wide3<T> ElbowLeverA;
    public Wide3<T> ElbowLeverB;
    public Wide3<T> ShoulderNormal;
    public Wide3<T> ElbowNormal;
    public Wide4<T> ShoulderError;
    public Wide4<T> ElbowError;
    public WideCholesky4<T> Shoulder;
    public WideCholesky4<T> Elbow;
    public WideMatrix4<T> Coupling; // B
    public WideMatrix4<T> Square;   // B B^T

    /// <summary>Prepares the joints of the block at <paramref name="block"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Prepare(float* block, WideJoints<T>* joints)
    {
        float* a = block + (Rows.Upper * T.Count);
        float* b = block + (Rows.Lower * T.Count);
        Wide3<T> pA = WideStep<T>.Load3(a, Rows.Position);
        Wide3<T> pB = WideStep<T>.Load3(b, Rows.Position);
        Wide4<T> qA = WideStep<T>.Load4(a, Rows.Orientation);
        Wide4<T> qB = WideStep<T>.Load4(b, Rows.Orientation);
        Wide3<T> yA = WideStep<T>.AxisY(qA);
        Wide3<T> zA = WideStep<T>.AxisZ(qA);
        Wide3<T> yB = WideStep<T>.AxisY(qB);
        joints->AxisA = yA;
        joints->AxisB = yB;

        Wide3<T> pivot = new(T.Create(0), T.Create((float)PivotHeight), T.Create(0));
        joints->ShoulderLever = pivot - pA;
        joints->ShoulderNormal = new(T.Create(0), zA.Z, -zA.Y); // z_A x (1, 0, 0)
        joints->ShoulderError = new(Wide3<T>.MultiplyAdd(T.Create(-(float)ShoulderOffset), yA, pA - pivot), zA.X);

        Wide3<T> leverA = T.Create((float)ElbowOffset) * yA;
        Wide3<T> leverB = pA + leverA - pB;
        Wide3<T> xA = WideStep<T>.AxisX(qA);
        Wide3<T> zB = WideStep<T>.AxisZ(qB);
        joints->ElbowLeverA = leverA;
        joints->ElbowLeverB = leverB;
        joints->ElbowNormal = Wide3<T>.Cross(zB, xA);
        Wide3<T> gap = Wide3<T>.MultiplyAdd(T.Create(-(float)LowerElbow), yB, pB - pA - leverA);
        joints->ElbowError = new(gap, Wide3<T>.Dot(zB, xA));
        FactorShoulder(joints);
        FactorElbow(joints);
        Couple(joints);
    }

    /// <summary>W of body A applied to an angular vector: the inertia is round, so W = across + (along - across) y y^T.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide3<T> InverseInertiaA(Wide3<T> y, Wide3<T> v) => InverseInertia(AcrossA, AlongA - AcrossA, y, v);

    /// <summary>The same of body B.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide3<T> InverseInertiaB(Wide3<T> y, Wide3<T> v) => InverseInertia(AcrossB, AlongB - AcrossB, y, v);

    private const float AcrossA = (float)(1 / UpperInertiaAcross);
    private const float AlongA = (float)(1 / UpperInertiaAlong);
    private const float AcrossB = (float)(1 / LowerInertiaAcross);
    private const float AlongB = (float)(1 / LowerInertiaAlong);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Wide3<T> InverseInertia(float across, float difference, Wide3<T> y, Wide3<T> v) =>
        Wide3<T>.MultiplyAdd(T.Create(difference) * Wide3<T>.Dot(y, v), y, T.Create(across) * v);

    // A_ss. With u = y x r: linear part (1 + across |r|^2) I - across r r^T + (along - across) u u^T.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FactorShoulder(WideJoints<T>* j)
    {
        Wide3<T> r = j->ShoulderLever;
        Wide3<T> u = Wide3<T>.Cross(j->AxisA, r);
        Wide3<T> n = j->ShoulderNormal;
        Wide3<T> m = InverseInertiaA(j->AxisA, n);
        Wide3<T> c = Wide3<T>.Cross(m, r);
        T across = T.Create(AcrossA);
        T difference = T.Create(AlongA - AcrossA);
        Wide3<T> ar = across * r;
        Wide3<T> du = difference * u;
        T diagonal = T.MultiplyAdd(across, Wide3<T>.Dot(r, r), T.Create(1));
        j->Shoulder.Factor(
            diagonal - (ar.X * r.X) + (du.X * u.X), (du.X * u.Y) - (ar.X * r.Y), (du.X * u.Z) - (ar.X * r.Z), c.X,
            diagonal - (ar.Y * r.Y) + (du.Y * u.Y), (du.Y * u.Z) - (ar.Y * r.Z), c.Y,
            diagonal - (ar.Z * r.Z) + (du.Z * u.Z), c.Z,
            Wide3<T>.Dot(n, m));
    }

    // A_ee: both bodies' parts. A's lever lies along its y axis, so its u is 0.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FactorElbow(WideJoints<T>* j)
    {
        Wide3<T> y = j->AxisA;
        Wide3<T> r = j->ElbowLeverB;
        Wide3<T> u = Wide3<T>.Cross(j->AxisB, r);
        Wide3<T> n = j->ElbowNormal;
        Wide3<T> mA = InverseInertiaA(j->AxisA, n);
        Wide3<T> mB = InverseInertiaB(j->AxisB, n);
        Wide3<T> c = Wide3<T>.Cross(mA, j->ElbowLeverA) + Wide3<T>.Cross(mB, r);
        const float AcrossLever = AcrossA * (float)(ElbowOffset * ElbowOffset);
        T across = T.Create(AcrossB);
        Wide3<T> ay = T.Create(AcrossLever) * y;
        Wide3<T> ar = across * r;
        Wide3<T> du = T.Create(AlongB - AcrossB) * u;
        T diagonal = T.MultiplyAdd(across, Wide3<T>.Dot(r, r), T.Create(2 + AcrossLever));
        j->Elbow.Factor(
            diagonal - (ay.X * y.X) - (ar.X * r.X) + (du.X * u.X),
            (du.X * u.Y) - (ay.X * y.Y) - (ar.X * r.Y),
            (du.X * u.Z) - (ay.X * y.Z) - (ar.X * r.Z),
            c.X,
            diagonal - (ay.Y * y.Y) - (ar.Y * r.Y) + (du.Y * u.Y),
            (du.Y * u.Z) - (ay.Y * y.Z) - (ar.Y * r.Z),
            c.Y,
            diagonal - (ay.Z * y.Z) - (ar.Z * r.Z) + (du.Z * u.Z),
            c.Z,
            Wide3<T>.Dot(n, mA + mB));
    }

    // A_se couples the joints through body A alone; then B = L_s^-1 A_se L_e^-T and B B^T.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Couple(WideJoints<T>* j)
    {
        Wide3<T> s = j->ShoulderLever;
        Wide3<T> e = j->ElbowLeverA;
        Wide3<T> mE = InverseInertiaA(j->AxisA, j->ElbowNormal);
        Wide3<T> mS = InverseInertiaA(j->AxisA, j->ShoulderNormal);
        Wide3<T> column = Wide3<T>.Cross(s, mE); // -(m_e x s)
        Wide3<T> row = Wide3<T>.Cross(e, mS);    // -(m_s x e)
        Wide3<T> ae = T.Create(AcrossA) * e;
        T diagonal = T.MultiplyAdd(ae.X, s.X, T.MultiplyAdd(ae.Y, s.Y, T.MultiplyAdd(ae.Z, s.Z, T.Create(1))));
        T corner = Wide3<T>.Dot(j->ShoulderNormal, mE);

        WideMatrix4<T>* b = &j->Coupling;
        b->M00 = (ae.X * s.X) - diagonal;
        b->M01 = ae.X * s.Y;
        b->M02 = ae.X * s.Z;
        b->M10 = ae.Y * s.X;
        b->M11 = (ae.Y * s.Y) - diagonal;
        b->M12 = ae.Y * s.Z;
        b->M20 = ae.Z * s.X;
        b->M21 = ae.Z * s.Y;
        b->M22 = (ae.Z * s.Z) - diagonal;
        b->M03 = column.X;
        b->M13 = column.Y;
        b->M23 = column.Z;
        b->M30 = row.X;
        b->M31 = row.Y;
        b->M32 = row.Z;
        b->M33 = -corner;
        WideCholesky4<T>.SolveColumns(&j->Shoulder, b);
        WideCholesky4<T>.SolveRows(&j->Elbow, b);
        WideMatrix4<T>.Square(b, &j->Square);
    }
}
