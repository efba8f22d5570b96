"""How totals look in the API."""

from rest_framework import serializers

from reports.api.published import PublishedSerializer


class CoverageSerializer(serializers.Serializer):
    """How much of what was expected is there, in monthly reports of communes."""

    units = serializers.IntegerField()
    expected = serializers.IntegerField()
    begun = serializers.IntegerField()
    sent = serializers.IntegerField()
    approved = serializers.IntegerField()


class ComparedSerializer(serializers.Serializer):
    """How a figure compares with that of a span before: over the ``reports`` pairs (unit and month) of both spans.

    ``whole``: every pair is there on both sides. ``like``: at least 80 % are, and ``now`` and ``then`` are sums over
    these alone. ``none``: nothing is compared, both are null. ``why`` says it in Vietnamese; empty for ``whole``.
    """

    basis = serializers.ChoiceField(("whole", "like", "none"))
    now = serializers.IntegerField(allow_null=True)
    then = serializers.IntegerField(allow_null=True)
    reports = serializers.IntegerField()
    why = serializers.CharField()


class SpansComparedSerializer(serializers.Serializer):
    """The same for both spans before."""

    previous = ComparedSerializer()
    same_span_last_year = ComparedSerializer()


class WeaponComparedSerializer(ComparedSerializer):
    """The same of a kind of weapon; quantities are decimal text."""

    now = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    then = serializers.CharField(allow_null=True)  # type: ignore[assignment]


class WeaponSpansComparedSerializer(serializers.Serializer):
    """The same for both spans before."""

    previous = WeaponComparedSerializer()
    same_span_last_year = WeaponComparedSerializer()


class SummaryRowSerializer(serializers.Serializer):
    """A figure over the span and over the spans it is compared with; null is blank.

    ``reports`` is the number of monthly reports behind ``value``; of a stock, ``carried`` of them are of a month
    before, the earliest of ``carried_since`` ("2026-10"). A figure counted from the register is frozen when its
    report is sent (``mark`` "đã chốt"); of ``from_register`` units without such a report the register is asked now
    ("theo danh bạ"). ``key`` names the commune, month or hamlet where rows are by those.
    """

    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    section = serializers.CharField()
    measure = serializers.CharField()
    key = serializers.CharField(allow_null=True)
    key_name = serializers.CharField(allow_null=True)
    value = serializers.IntegerField(allow_null=True)
    previous = serializers.IntegerField(allow_null=True)
    same_span_last_year = serializers.IntegerField(allow_null=True)
    reports = serializers.IntegerField()
    compared = SpansComparedSerializer()
    carried = serializers.IntegerField()
    carried_since = serializers.CharField(allow_null=True)
    from_register = serializers.IntegerField()
    mark = serializers.CharField(allow_blank=True)


class WeaponRowSerializer(serializers.Serializer):
    """A kind of weapon over the span; quantities are decimal text in the kind's own unit."""

    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    same_span_last_year = serializers.CharField(allow_null=True)
    compared = WeaponSpansComparedSerializer()


class SummarySerializer(serializers.Serializer):
    """Totals of a place over a span."""

    place = serializers.CharField()
    span = serializers.CharField()
    title = serializers.CharField()
    previous_span = serializers.CharField()
    same_span_last_year = serializers.CharField()
    include = serializers.CharField()
    boundaries = serializers.CharField()
    by = serializers.CharField()
    coverage = CoverageSerializer()
    on_splits = serializers.IntegerField()
    rows = SummaryRowSerializer(many=True)
    weapons = WeaponRowSerializer(many=True)
    guns = serializers.CharField()
    initiative_types = serializers.IntegerField()
    published = PublishedSerializer(many=True)
