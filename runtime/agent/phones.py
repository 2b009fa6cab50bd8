"""Telephone numbers as they are said back."""


def said_phone(number: str, region: str = "ES") -> str:
    """E.164 in the groups in which it is said, without the prefix where it is a number of `region`."""
    import phonenumbers

    parsed = phonenumbers.parse(number, None)
    of_region = phonenumbers.region_code_for_number(parsed) == region
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if of_region else form.INTERNATIONAL)
