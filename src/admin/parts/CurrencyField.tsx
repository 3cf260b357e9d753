import { Autocomplete, type AutocompleteProps } from '@mantine/core'

/** A currency by its code: typed, or chosen from those that there are. */
export function CurrencyField(
  props: Pick<
    AutocompleteProps,
    'label' | 'description' | 'disabled' | 'value' | 'onChange' | 'onBlur' | 'onFocus' | 'error'
  >,
) {
  return <Autocomplete data={currencies} limit={20} {...props} />
}

const currencies = Intl.supportedValuesOf('currency')
